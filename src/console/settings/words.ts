/* Words by language, as people write them: a line for each language, `pt_BR: parar, sair`. Pure. */

type Words = Readonly<Record<string, readonly string[]>>

export function linesOf(words: Words): string {
  return Object.entries(words)
    .map(([language, list]) => `${language}: ${list.join(', ')}`)
    .join('\n')
}

/** A line without a language is taken as English. */
export function wordsIn(lines: string): Record<string, string[]> {
  return Object.fromEntries(
    splitLines(lines).map(([language, text]) => [
      language,
      text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ]),
  )
}

export function linesOfReplies(replies: Readonly<Record<string, string>> | null): string {
  return Object.entries(replies ?? {})
    .map(([language, text]) => `${language}: ${text.replaceAll('\n', ' ')}`)
    .join('\n')
}

export function repliesIn(lines: string): Record<string, string> {
  return Object.fromEntries(splitLines(lines))
}

const LINE = /^([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}):\s*(.*)$/

function splitLines(lines: string): [language: string, text: string][] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, language = 'en', text = line] = LINE.exec(line) ?? []
      return [language, text]
    })
}
