import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import { IntlProvider, useMessages } from 'use-intl'
import { createStore, useStore } from '../api/store.ts'
import { useZone } from '../time/zones.ts'
import type en from './en.json'
import type pages from './pages/en.json'

/*
 * The languages of the console, each loaded when it is chosen. Keys are checked by the compiler, and that each has all of them by a test.
 * Words that the conversations never show are in files of their own, which come with the first other page.
 */

export const LANGUAGES = { en: 'English', pt: 'Português', es: 'Español' } as const
export type Language = keyof typeof LANGUAGES

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof en & typeof pages
    Locale: Language
  }
}

const KEY = 'casement-language'
const LOADERS: Record<Language, () => Promise<{ default: typeof en }>> = {
  en: () => import('./en.json'),
  pt: () => import('./pt.json') as Promise<{ default: typeof en }>,
  es: () => import('./es.json') as Promise<{ default: typeof en }>,
}
const PAGE_LOADERS: Record<Language, () => Promise<{ default: typeof pages }>> = {
  en: () => import('./pages/en.json'),
  pt: () => import('./pages/pt.json') as Promise<{ default: typeof pages }>,
  es: () => import('./pages/es.json') as Promise<{ default: typeof pages }>,
}

const isLanguage = (name: string | undefined | null): name is Language => name != null && name in LANGUAGES

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY)
  if (isLanguage(kept)) return kept
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en'
}

const languageStore = createStore<Language>(firstLanguage())

export function useLanguage(): Language {
  return useStore(languageStore)
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language)
  languageStore.set(language)
}

/** Nothing is drawn before its words are there; they come with the page. */
export function Words({ children }: { children: ReactNode }) {
  const language = useLanguage()
  const timeZone = useZone()
  const { data: messages } = useQuery({
    queryKey: ['words', language],
    queryFn: async () => (await LOADERS[language]()).default,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (former) => former,
  })
  if (messages === undefined) return null
  document.documentElement.lang = language
  return (
    <IntlProvider locale={language} messages={messages} timeZone={timeZone}>
      {children}
    </IntlProvider>
  )
}

/** The same for a page beside the conversations, which has words of its own. */
export function PageWords({ children }: { children: ReactNode }) {
  const language = useLanguage()
  const timeZone = useZone()
  const shared = useMessages()
  const { data: own } = useQuery({
    queryKey: ['words', 'pages', language],
    queryFn: async () => (await PAGE_LOADERS[language]()).default,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (former) => former,
  })
  const messages = useMemo(() => own && { ...shared, ...own }, [shared, own])
  if (messages === undefined) return null
  return (
    <IntlProvider locale={language} messages={messages} timeZone={timeZone}>
      {children}
    </IntlProvider>
  )
}
