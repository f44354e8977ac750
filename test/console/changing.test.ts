import { expect, it } from 'vitest'
import { changeOf, wordsIn } from '../../src/console/whatsapp/changing.ts'

const TEXT = { type: 'text', text: { body: 'Hi', preview_url: true } }
const PICTURE = { type: 'image', image: { id: '7', caption: 'Blue' } }
const SOUND = { type: 'audio', audio: { id: '7' } }

it('the words of a message are its text, or what stands under a file', () => {
  expect(wordsIn(TEXT)).toBe('Hi')
  expect(wordsIn(PICTURE)).toBe('Blue')
  expect(wordsIn({ type: 'document', document: { id: '7', filename: 'a.pdf' } })).toBe('')
  expect(wordsIn(SOUND)).toBeNull()
  expect(wordsIn({ type: 'template', template: { name: 'a' } })).toBeNull()
})

it('only what was touched is changed, and all else of the message stays', () => {
  expect(changeOf(TEXT, 'Hi', undefined)).toBeNull()
  expect(changeOf(TEXT, 'Hello', undefined)).toEqual({
    message: { type: 'text', text: { body: 'Hello', preview_url: true } },
  })
  expect(changeOf(TEXT, 'Hi', null)).toEqual({ send_at: null })
  expect(changeOf(PICTURE, '', '2026-12-01T00:00:00.000Z')).toEqual({
    message: { type: 'image', image: { id: '7' } },
    send_at: '2026-12-01T00:00:00.000Z',
  })
  expect(changeOf(SOUND, '', undefined)).toBeNull()
})
