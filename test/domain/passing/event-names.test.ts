import { describe, expect, it } from 'vitest'
import type { NewsKind } from '../../../src/domain/news.ts'
import {
  EVENT_NAMES,
  type EventName,
  type EventPattern,
  eventPatternsSchema,
  matchesEvents,
  metaFieldsSchema,
} from '../../../src/domain/passing.ts'

const told = (patterns: EventPattern[] | null) => EVENT_NAMES.filter((name) => matchesEvents(patterns, name))

describe('matchesEvents', () => {
  it('takes names and all names of a kind', () => {
    expect(told(['intent.failed', 'contact.*'])).toEqual([
      'intent.failed',
      'contact.opted_out',
      'contact.opted_in',
      'contact.merged',
    ])
    expect(told(['campaign.paused', 'campaign.*'])).toEqual(EVENT_NAMES.filter((name) => name.startsWith('campaign.')))
  })

  it('tells the end of a conversation only to who names it in full', () => {
    const rare: EventName[] = ['conversation.closing', 'conversation.ended']
    expect(told(null)).toEqual(EVENT_NAMES.filter((name) => !rare.includes(name)))
    expect(told(['conversation.*'])).toEqual(['conversation.opened', 'conversation.entry_opened'])
    expect(told(['conversation.*', 'conversation.ended'])).toContain('conversation.ended')
    expect(told(['conversation.closing'])).toEqual(['conversation.closing'])
  })

  it('tells nobody what only people look at', () => {
    for (const kind of ['conversation.changed', 'flow.run_moved'] satisfies NewsKind[]) {
      const all = `${kind.split('.')[0]}.*` as EventPattern
      expect([matchesEvents(null, kind as EventName), matchesEvents([all], kind as EventName)]).toEqual([false, false])
    }
  })

  it('lets one ask for everything that Casement tells', () => {
    const asked = (kind: Exclude<NewsKind, 'conversation.changed' | 'flow.run_moved'>) => matchesEvents([kind], kind)
    expect(asked('intent.in_doubt')).toBe(true)
  })
})

describe('the events of an endpoint', () => {
  it.each([['intent.held'], ['intent.*'], ['conversation.closing'], ['budget.*'], ['flow.*']])(
    'may be %s',
    (pattern) => {
      expect(eventPatternsSchema.parse([pattern])).toEqual([pattern])
    },
  )

  it.each([
    ['intent'],
    ['intent.'],
    ['*'],
    ['intent.*.*'],
    ['intent.dispatching'],
    ['intent.HELD'],
    [' intent.held'],
    [''],
  ])('may not be "%s"', (pattern) => {
    const { error } = eventPatternsSchema.safeParse(['intent.held', pattern])
    expect(error?.issues).toMatchObject([{ path: [1], message: expect.stringContaining('such as intent.failed') }])
  })

  it('are at least one, where they are given', () => {
    expect(eventPatternsSchema.safeParse([]).success).toBe(false)
    expect(metaFieldsSchema.safeParse([]).success).toBe(false)
  })
})

describe('the fields of Meta’s webhooks', () => {
  it('may be any that Meta has or will have', () => {
    expect(metaFieldsSchema.parse(['messages', 'group_lifecycle_update_2'])).toHaveLength(2)
    for (const field of ['', 'Messages', 'messages ', 'a.b', 'messages,calls', 'a'.repeat(65)]) {
      expect(metaFieldsSchema.safeParse([field]).success).toBe(false)
    }
  })
})
