/*
 * Sentences for people, each with a code that stays and with what is filled in, so that a page can say the same in another language. A book of
 * them is the only place where they are written: what has no code cannot be said.
 */

export type SaidValues = Readonly<Record<string, string | number>>

export interface Said {
  code: string
  /** What is filled in, by name. */
  values: SaidValues
  /** In English. */
  text: string
}

export type Sentences = Readonly<Record<string, (values: never) => string>>

/** Says a sentence of a book by its code. */
export type Sayer<T extends Sentences> = <C extends keyof T & string>(code: C, ...values: Parameters<T[C]>) => Said

export function sayerOf<T extends Sentences>(sentences: T): Sayer<T> {
  return (code, ...[values]) => ({
    code,
    values: (values ?? {}) as SaidValues,
    text: (sentences[code] as T[typeof code])(values as never),
  })
}

/** Of a book, the codes with the names of what is filled in: for who has words for them. */
export function placesIn(sentences: Sentences): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(sentences).map(([code, sentence]) => {
      const names = new Set<string>()
      const get = (_: object, name: string | symbol) => {
        names.add(String(name))
        return 1
      }
      const values = new Proxy({}, { get })
      sentence(values as never)
      return [code, [...names]]
    }),
  )
}
