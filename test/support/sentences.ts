import { readFileSync } from 'node:fs'

export interface Sentence {
  path: string
  text: string
  /** What is put in while it runs may be anything. */
  pattern: RegExp
}

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm
const LITERALS = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g

const SENTENCE = /^(is|has|may|counts|looks|leads|mixes|shows|names) /

/** What a linter's source can say: each of its literals that continues "this …". */
export function sentencesOf(path: string): Sentence[] {
  const source = readFileSync(path, 'utf8').replace(COMMENTS, '')
  return [...source.matchAll(LITERALS)].flatMap(([, plain, template]) => {
    const parts = plain === undefined ? (template ?? '').split(/\$\{[^}]*\}/) : [plain.replaceAll("\\'", "'")]
    const said = parts.map((part) => part.split('${', 1)[0] as string)
    if (!SENTENCE.test(said[0] as string)) return []
    return [{ path, text: said.join('…'), pattern: new RegExp(said.map(escaped).join('[\\s\\S]*')) }]
  })
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}
