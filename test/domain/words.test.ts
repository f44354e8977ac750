import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KNOWN_START_WORDS, KNOWN_STOP_WORDS } from '../../src/domain/known-words.ts'
import { foldWord, foldWords, hear, isSameWord, stopReplyIn, type WorkspaceWords } from '../../src/domain/words.ts'

const DEFAULTS: WorkspaceWords = {
  stopWords: null,
  startWords: null,
  stopButtons: ['Stop promotions'],
  stopReply: null,
}
const typed = (text: string, words: Partial<WorkspaceWords> = {}) =>
  hear({ typed: text, tapped: null }, foldWords({ ...DEFAULTS, ...words }))
const tapped = (label: string | null, payload: string | null, words: Partial<WorkspaceWords> = {}) =>
  hear({ typed: null, tapped: { label, payload } }, foldWords({ ...DEFAULTS, ...words }))
const STOP = { kind: 'stop', by: 'word' }

describe('a word', () => {
  const same: [what: string, a: string, b: string][] = [
    ['case', 'STOP', 'stop'],
    ['punctuation', 'No, thanks!', 'no thanks'],
    ['an apostrophe of any kind', "don't message me", 'Don’t message me'],
    ['surrounding space', '  stop \n', 'stop'],
    ['white space within', 'opt-out', 'opt  out'],
    ['an emoji after it', 'stop 🙏🏽', 'stop'],
    ['a zero-width joiner within', 'st\u200dop', 'stop'],
    ['embedding characters around it', '\u202astop\u202c', 'stop'],
    ['a byte order mark', '\ufeffstop', 'stop'],
    ['a soft hyphen', 'unsub\u00adscribe', 'unsubscribe'],
    ['accents', 'Arrêt', 'arret'],
    ['accents composed or not', 'baja\u0301', 'bajá'],
    ['the tilde of não', 'não quero receber', 'nao quero receber'],
    ['full-width letters', 'ＳＴＯＰ', 'stop'],
    ['half-width katakana', 'ｽﾄｯﾌﾟ', 'ストップ'],
    ['mathematical letters', '𝐒𝐓𝐎𝐏', 'stop'],
    ['the dotted and the dotless i', 'İPTAL ı', 'iptal i'],
    ['sharp s', 'STRASSE', 'straße'],
    ['the final sigma', 'ΣΤΟΠ ΠΡΟΣ', 'στοπ προς'],
    ['the breve of Cyrillic', 'СТОЙ', 'стои'],
    ['hamza and vowel signs of Arabic', 'إِيقَاف', 'ايقاف'],
    ['the stroke that stretches Arabic', 'تـــوقف', 'توقف'],
    ['points of Hebrew', 'הָסֵר', 'הסר'],
    ['Devanagari with a danda', 'बंद करें।', 'बंद करें'],
    ['a thumb in another colour', '👎🏿', '👎'],
    ['emoji that are letters once decomposed', 'ℹ️ stop ™️ Ⓜ️ ㊗️', 'stop'],
    ['hundreds of exclamation marks', `stop${'!'.repeat(400)}`, 'stop'],
    ['hundreds of emoji', `stop ${'🙏🏽'.repeat(300)}`, 'stop'],
  ]
  it.each(same)('is met without %s', (_what, a, b) => {
    expect(isSameWord(a, b)).toBe(true)
  })

  const different: [what: string, a: string, b: string][] = [
    ['a part of a message', "please don't stop writing", 'stop'],
    ['vowel signs of Devanagari', 'बंद', 'बाद'],
    ['voicing marks of Japanese', 'かき', 'がき'],
    ['vowel signs of Thai', 'หยุด', 'หยด'],
    ['another emoji', '👎', '👍'],
    ['nothing and nothing', '', ''],
    ['invisible characters alone', '\u200b', '\u200b'],
    ['a digit', 'stop1', 'stop'],
    ['a digit in a key', 'option 1️⃣', 'option 2️⃣'],
    ['a long message that begins with it', `stop ${'a'.repeat(300)}`, 'stop'],
  ]
  it.each(different)('is not met by %s', (_what, a, b) => {
    expect(isSameWord(a, b)).toBe(false)
  })

  it('folds to itself once folded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldWord(foldWord(text))).toBe(foldWord(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is met whatever its case, the space and the invisible characters around and within', () => {
    const noise = fc.constantFrom('', ' ', '\u00a0', '\u200b', '\u200e', '\ufeff', '!', ' 🙏', '…', '\n')
    const known = fc.constantFrom(...Object.values(KNOWN_STOP_WORDS).flat())
    const change = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFC'),
    )
    fc.assert(
      fc.property(known, change, noise, noise, (word, changed, before, after) => {
        expect(typed(before + changed(word) + after)).toEqual(STOP)
        expect(typed(changed([...word].join('\u200b')))).toEqual(STOP)
      }),
    )
  })

  it('is not met by a message that says more', () => {
    const known = fc.constantFrom(...Object.values(KNOWN_STOP_WORDS).flat())
    fc.assert(
      fc.property(known, fc.constantFrom('my order 17 ', 'zzz'), (word, more) => {
        expect(typed(more + word)).toBeNull()
      }),
    )
  })

  it('that is very long is an ordinary message', () => {
    expect(typed(`${'a '.repeat(300)}stop`)).toBeNull()
    expect(typed(`${' '.repeat(9_000)}stop`)).toBeNull()
  })
})

describe('the words that are known', () => {
  const stops = Object.entries(KNOWN_STOP_WORDS).flatMap(([language, words]) => words.map((word) => [language, word]))

  it.each(stops)('stop, in %s: %s', (_language, word) => {
    expect(typed(word as string)).toEqual(STOP)
  })

  it('never both stop and start', () => {
    const starts = Object.values(KNOWN_START_WORDS).flat()
    expect(starts.map((word) => [word, typed(word)?.kind])).toEqual(starts.map((word) => [word, 'start']))
  })

  it.each([
    'no',
    'não',
    'cancel',
    'cancelar',
    'iptal',
    'alto',
    'đúng',
    'dùng',
    'end',
    'yes',
    'sí',
    'ok',
    '1',
    '',
    '👎',
  ])('leave an ordinary answer alone: %s', (answer) => {
    expect(typed(answer)).toBeNull()
  })
})

describe('what a workspace sets', () => {
  it('takes the place of the words that are known', () => {
    const words = { stopWords: { en: ['Enough!'], sw: ['Acha'] } }
    expect(typed('enough', words)).toEqual(STOP)
    expect(typed('ACHA', words)).toEqual(STOP)
    expect(typed('stop', words)).toBeNull()
    expect(typed('start', words)).toEqual({ kind: 'start', by: 'word' })
  })

  it('stops by a word that it has in both lists', () => {
    expect(typed('menu', { stopWords: { en: ['menu'] }, startWords: { en: ['menu'] } })).toEqual(STOP)
  })

  it('hears nothing in a word of nothing', () => {
    expect(typed('!', { stopWords: { en: ['', ' '] }, stopButtons: [''] })).toBeNull()
  })

  it('stops by the label or the payload of a button, tapped, and by its label typed', () => {
    const byButton = { kind: 'stop', by: 'button' }
    expect(tapped('Stop promotions', 'P1')).toEqual(byButton)
    expect(tapped('Parar promoções', 'stop promotions')).toEqual(byButton)
    expect(tapped(null, 'OPT_OUT', { stopButtons: ['Unsubscribe', 'OPT_OUT'] })).toEqual(byButton)
    expect(tapped('Stop promotions', null, { stopButtons: ['OPT_OUT'] })).toBeNull()
    expect(typed('no more offers', { stopButtons: ['No more offers'] })).toEqual(STOP)
  })

  it('does not take a button for a word that was typed', () => {
    expect(tapped('Stop', 'TIMER_STOP')).toBeNull()
  })
})

describe('the answer to a STOP', () => {
  const stopReply = { en: 'Done.', pt_BR: 'Pronto.', es: 'Listo.' }
  const cases: [language: string | null, reply: string][] = [
    ['pt_BR', 'Pronto.'],
    ['pt-br', 'Pronto.'],
    ['es_AR', 'Listo.'],
    ['fr', 'Done.'],
    [null, 'Done.'],
  ]
  it.each(cases)('is in the language %s, else the first', (language, reply) => {
    expect(stopReplyIn(language, { ...DEFAULTS, stopReply })).toBe(reply)
  })

  it('is none where none was given', () => {
    expect(stopReplyIn('en', DEFAULTS)).toBeNull()
    expect(stopReplyIn('en', { ...DEFAULTS, stopReply: { en: ' ' } })).toBeNull()
  })
})
