import { foldWord } from '../words.ts'
import type { InboundFact } from './facts.ts'
import { fillText } from './text.ts'
import { lookUpIn, type Scene } from './values.ts'

/**
 * Which of these buttons of a step was tapped, or typed as a whole message; null when none. A tap counts for the step that sent the button,
 * what is typed for whoever waits for it.
 */
export function buttonOf(
  scene: Scene,
  { buttons, of }: { buttons: readonly string[]; of: string },
  inbound: InboundFact,
): string | null {
  if (!scene.run.sent[of]) return null
  if (inbound.tap) {
    const { tap } = inbound
    if (tap.of !== of) return null
    // A template that went in its place says the label, where it has a button of the same.
    const isIt = (button: string) =>
      button === tap.payload ||
      isWord(button, tap.payload) ||
      isWord(button, tap.label) ||
      isWord(labelOf(scene, of, button), tap.label)
    return buttons.find(isIt) ?? null
  }
  const typed = foldWord(inbound.text)
  if (typed === '') return null
  return buttons.find((button) => foldWord(labelOf(scene, of, button)) === typed) ?? null
}

function isWord(a: string, b: string): boolean {
  const folded = foldWord(a)
  return folded !== '' && folded === foldWord(b)
}

/** Of a template's button the label is its name here. */
function labelOf(scene: Scene, of: string, button: string): string {
  const step = scene.program.byId.get(of)
  if (step?.verb !== 'send' || step.message.kind !== 'interactive') return button
  const label = step.message.buttons.find(({ id }) => id === button)?.label
  const filled = label ? fillText(label, lookUpIn(scene)) : null
  return filled?.ok ? filled.text : button
}
