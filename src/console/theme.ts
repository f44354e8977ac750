import { type CSSVariablesResolver, createTheme, Loader } from '@mantine/core'

/*
 * Colours are chosen so that words on them can be read (WCAG AA): the library's own shades are too light for text on white, and too dark on
 * the dark ground. The tests look at every page in both.
 */

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", Menlo, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Loader: Loader.extend({ defaultProps: { type: 'dots' } }),
  },
})

const TINTED = ['teal', 'red', 'orange', 'yellow', 'blue', 'gray', 'grape'] as const

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56606a',
    '--mantine-color-placeholder': '#69737d',
    '--mantine-color-anchor': '#07694c',
    '--mantine-color-error': '#a3261a',
    ...Object.fromEntries(TINTED.map((name) => [`--mantine-color-${name}-light-color`, DARK_INK[name]])),
  },
  dark: {
    '--mantine-color-dimmed': '#aeb6bd',
    '--mantine-color-placeholder': '#9aa3ab',
    '--mantine-color-anchor': '#5cd6ad',
    '--mantine-color-error': '#ff9c8f',
    ...Object.fromEntries(
      TINTED.map((name) => [`--mantine-color-${name}-light-color`, `var(--mantine-color-${name}-3)`]),
    ),
  },
})

const DARK_INK: Record<(typeof TINTED)[number], string> = {
  teal: '#07694c',
  red: '#a3261a',
  orange: '#8a3c06',
  yellow: '#6e4a00',
  blue: '#1255a0',
  gray: '#454e57',
  grape: '#7a2a8f',
}
