import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  lineAt,
  nameIn,
  onEditIn,
  STARTER,
  STARTER_SCRIPT,
  stepsOf,
  withLocalTimes,
} from '../../src/console/flows/document.ts'
import { withTakeOver } from '../../src/console/flows/editor/take-over.ts'
import { readFlow } from '../../src/usecases/read-flow.ts'
import { simulateFlow } from '../../src/usecases/simulate-flow.ts'

const FOLDER = join(import.meta.dirname, '../../examples/flows')
const EXAMPLES = readdirSync(FOLDER).filter((name) => !name.includes('.script.'))

describe('a flow on the page', () => {
  it.each(EXAMPLES)('is known by its name, and each step leads where the document says: %s', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    const document = parse(text)
    expect(nameIn(text)).toBe(document.flow)
    const steps = stepsOf(document)
    const ids = steps.map(({ id }) => id)
    const ends = new Set(steps.flatMap(({ exits }) => exits.map(({ to }) => to)).filter((to) => !ids.includes(to)))
    // What is no step is an outcome, which stands after an `end` somewhere.
    for (const outcome of ends) expect(text).toMatch(new RegExp(`end: ${outcome}\\b`))
    expect(steps.map(({ verb }, index) => verb in document.steps[index])).not.toContain(false)
  })

  it('is named in JSON, too, and not by a comment', () => {
    expect(nameIn('{ "flow": "a_b", "steps": [] }')).toBe('a_b')
    expect(nameIn('# flow: other\nflow: "mine"')).toBe('mine')
    expect(nameIn('purpose: service\n')).toBeNull()
  })

  it('begins with one that has nothing wrong, and plays', () => {
    expect(readFlow(STARTER).problems).toEqual([])
    expect(simulateFlow(STARTER, STARTER_SCRIPT, null)).toMatchObject({
      ok: true,
      value: { ended: { outcome: 'handed_over' } },
    })
  })

  it('says what becomes of live runs', () => {
    expect(onEditIn(STARTER)).toBe('finish')
    expect(onEditIn('flow: a\non_edit: migrate   # or end\n')).toBe('migrate')
    expect(onEditIn('{"flow":"a","on_edit":"end","steps":[]}')).toBe('end')
    expect(onEditIn('flow: a\n# on_edit: end\n')).toBe('finish')
  })

  it('has a line where it is, also after the last', () => {
    expect('a\nbc\n'.slice(...lineAt('a\nbc\n', 2))).toBe('bc')
    expect(lineAt('a\nbc', 9)).toEqual([4, 4])
  })
})

describe('where live runs go, written into a document', () => {
  const texts = EXAMPLES.map((file) => readFileSync(join(FOLDER, file), 'utf8'))
  const ways = [
    { moved: { ask: 'question', true: 'a1' }, removed: 'end' },
    { moved: {}, removed: 'finish' },
    { moved: { ask: 'null' }, removed: null },
    { moved: {}, removed: null },
  ]
  const expected = (text: string, { moved, removed }: (typeof ways)[number]) => {
    const { moved: _moved, removed: _removed, ...rest } = parse(text)
    return {
      ...rest,
      ...(Object.keys(moved).length > 0 && { moved }),
      ...(removed !== null && { removed }),
    }
  }

  it.each(ways)('changes nothing else, however often and however it was written: %o', (way) => {
    for (const text of [...texts, ...texts.map((one) => JSON.stringify(parse(one)))]) {
      const written = withTakeOver(withTakeOver(text, { moved: { a: 'b' }, removed: 'c' }), way)
      expect(parse(written)).toEqual(expected(text, way))
      expect(withTakeOver(written, way)).toBe(written)
    }
  })

  it('takes the place of what stood there, over several lines too, and leaves comments', () => {
    const before = [
      'flow: a',
      '# why they moved',
      'moved:',
      '  x: y',
      '',
      '"removed": end',
      'purpose: service # stays',
      'moved_on: 1',
      'steps: []',
    ]
    expect(withTakeOver(before.join('\n'), { moved: { x: 'z' }, removed: null })).toBe(
      'flow: a\n# why they moved\n\npurpose: service # stays\nmoved_on: 1\nmoved: { x: z }\nsteps: []\n',
    )
  })
})

it('instants of a history are shown as the clock of the reader has them', () => {
  const text = 'for a reply, until 2026-12-01T09:22:53.000Z'
  expect(withLocalTimes(text, () => 'Tue 06:22')).toBe('for a reply, until Tue 06:22')
})
