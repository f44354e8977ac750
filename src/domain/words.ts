import { KNOWN_START_WORDS, KNOWN_STOP_WORDS } from './known-words.ts'

/*
 * Words that mean something by themselves: STOP, START, the label of a button that somebody types instead of tapping it. A word is met by
 * a whole message, never by a part of one, for "don't stop writing" is no opt-out. What people type differs from what was printed in case,
 * punctuation, emoji, accents, width and invisible characters, so all of that is taken away on both sides before they are compared.
 */

/** Longer than any word or label without what is taken away. What is longer is an ordinary message and is not looked at. */
const LONGEST_WORD = 256
/** Longer than any text of WhatsApp's, in UTF-16: 4,096 characters. */
const LONGEST_TEXT = 8_192

/**
 * Marks that are laid over letters and often left out: accents, breves and cedillas, Hebrew points, Arabic vowel signs and hamzas. Not the
 * vowel signs of Indic scripts and Thai nor the voicing marks of Japanese, without which another word remains.
 */
const OVERLAID_MARKS = /(?=\p{M})[\u0300-\u06ff\u1aa0-\u1aff\u1d00-\u1dff\u20a0-\u20ff\ufe10-\ufe2f]/gu

/** Format characters, joiners, tags, variation selectors, fillers, and the stroke that only stretches an Arabic word. */
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Variation_Selector}\u115f\u1160\u3164\uffa0\u0640\p{Zs}\p{Zl}\p{Zp}]/gu

/** Also the letter-like apostrophes, and the marks that make an emoji another colour. */
const PUNCTUATION = /[\p{P}\p{S}\u02b9-\u02bf]/gu
const SKIN_TONES = /[\u{1f3fb}-\u{1f3ff}]/gu
/** Emoji that would be letters once they are decomposed: tm, i, M, and two of Japan's. */
const LETTER_EMOJI = /[\u2122\u2139\u24c2\u3297\u3299]\ufe0f/gu

/**
 * The form in which two words are compared; empty when nothing is there to compare. White space counts as punctuation does, so that
 * "opt-out", "opt out" and "optout" are one word. Of a message without letters and digits, such as a thumb, the signs themselves count.
 */
export function foldWord(text: string): string {
  if (text.length > LONGEST_TEXT) return ''
  const plain = text.replace(LETTER_EMOJI, ' ')
  // A word with three hundred exclamation marks is that word.
  const bare = plain.length > LONGEST_WORD ? plain.replace(PUNCTUATION, '').replace(INVISIBLE, '') : plain
  if (bare.length > LONGEST_WORD) return ''
  // Decomposed once more at the end: a change of case may compose anew.
  const folded = fold(fold(bare)).replace(INVISIBLE, '').replace(OVERLAID_MARKS, '')
  const letters = folded.replace(PUNCTUATION, '')
  return letters === '' ? folded.replace(SKIN_TONES, '') : letters
}

/** Upper case first: it makes one of what lower case keeps apart (ß and ss, the dotless i, the final sigma). */
function fold(text: string): string {
  return text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD').replace(/ς/g, 'σ')
}

export function isSameWord(a: string, b: string): boolean {
  const folded = foldWord(a)
  return folded !== '' && folded === foldWord(b)
}

/** Words by language, as a workspace may set them. Null: the words that are known here. */
export type WordsByLanguage = Readonly<Record<string, readonly string[]>>

export interface WorkspaceWords {
  stopWords: WordsByLanguage | null
  startWords: WordsByLanguage | null
  /** Labels or payloads of quick replies. */
  stopButtons: readonly string[]
  /** Texts by language, in the order they were given. Null: a STOP is not answered. */
  stopReply: Readonly<Record<string, string>> | null
}

/** What a customer said in words of their own, or chose among ours. At most one of the two. */
export interface Said {
  /** A typed text, or the words below a picture. */
  typed: string | null
  /** Label and payload of a quick reply. */
  tapped: { label: string | null; payload: string | null } | null
}

export type Heard = { kind: 'stop'; by: 'word' | 'button' } | { kind: 'start'; by: 'word' }

/**
 * What somebody asked for, by words of all languages whatever their own: people answer in the language of the message. The label of a stop
 * button counts when it is typed, too. A word that is in both lists stops, since a stop that was overheard is the worse mistake.
 */
export function hear({ typed, tapped }: Said, words: FoldedWords): Heard | null {
  if (tapped !== null) {
    const chosen = [tapped.label, tapped.payload].filter((text) => text !== null).map(foldWord)
    return chosen.some((word) => words.buttons.has(word)) ? { kind: 'stop', by: 'button' } : null
  }
  if (typed === null) return null
  const word = foldWord(typed)
  if (words.stop.has(word) || words.buttons.has(word)) return { kind: 'stop', by: 'word' }
  return words.start.has(word) ? { kind: 'start', by: 'word' } : null
}

export interface FoldedWords {
  stop: ReadonlySet<string>
  start: ReadonlySet<string>
  buttons: ReadonlySet<string>
}

export function foldWords({ stopWords, startWords, stopButtons }: WorkspaceWords): FoldedWords {
  return {
    stop: stopWords === null ? KNOWN.stop : foldedOf(stopWords),
    start: startWords === null ? KNOWN.start : foldedOf(startWords),
    buttons: foldedList(stopButtons),
  }
}

function foldedOf(words: WordsByLanguage): ReadonlySet<string> {
  return foldedList(Object.values(words).flat())
}

/** A word of nothing would be met by every message of nothing. */
function foldedList(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map(foldWord).filter((word) => word !== ''))
}

const KNOWN = { stop: foldedOf(KNOWN_STOP_WORDS), start: foldedOf(KNOWN_START_WORDS) }

/**
 * The answer to a STOP in somebody's language (`pt_BR`, else `pt`), else the first that was given; null where none was. Languages are
 * compared as Meta and people write them, with a hyphen or an underscore, in any case.
 */
export function stopReplyIn(language: string | null, { stopReply }: WorkspaceWords): string | null {
  const texts = Object.entries(stopReply ?? {}).filter(([, text]) => text.trim() !== '')
  const wanted = language === null ? [] : [canonical(language), canonical(language).split('_')[0]]
  const found = wanted.map((one) => texts.find(([tag]) => canonical(tag) === one)).find((entry) => entry !== undefined)
  return (found ?? texts[0])?.[1] ?? null
}

function canonical(language: string): string {
  return language.replaceAll('-', '_').toLowerCase()
}
