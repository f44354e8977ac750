import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { edgesOf, START } from '../../src/console/flows/graph/edges.ts'
import { layOut } from '../../src/console/flows/graph/layout.ts'
import { compileFlow } from '../../src/domain/flow/compile.ts'
import { exitsOf } from '../../src/domain/flow/program.ts'

const FOLDER = new URL('../../examples/flows/', import.meta.url)
const EXAMPLES = readdirSync(FOLDER).filter((name) => /^[a-z_]+\.yaml$/.test(name))
const SIZES = { width: 200, height: 90, gapX: 20, gapY: 60 }

const waysOut = (document: Record<string, unknown>) =>
  edgesOf(document)
    .filter(({ from }) => from !== START)
    .map(({ from, to, ends, by }) => `${from} ${ends ? 'ends ' : ''}${to}${by === '' ? '' : ` by ${by}`}`)

describe('the lines of a flow', () => {
  it('are its exits, its buttons, and the step below where nothing is said', () => {
    const steps = [
      {
        id: 'ask',
        send: { interactive: { body: 'Well?', buttons: { yes: 'Yes' } }, tap: { yes: 'done' } },
        otherwise: 'silent',
      },
      // biome-ignore lint/suspicious/noThenProperty: a member of the document
      { id: 'answer', wait: { for: 'reply', up_to: '1d' }, then: { yes: 'done' } },
      { id: 'which', branch: [{ if: 'window.open', next: 'ask' }, { otherwise: { end: 'closed' } }] },
      { id: 'ask_shop', call: { url: 'https://shop.example/orders' }, otherwise: 'silent' },
      { id: 'note', if: 'window.open', set: { 'data.n': 1 }, next: 'done' },
      { id: 'silent', end: 'no_answer' },
      { id: 'done', hand_over: { team: 'desk' } },
    ]
    expect(waysOut({ steps })).toEqual([
      'ask answer',
      'ask done by yes',
      'ask silent by otherwise',
      'answer done by yes',
      'answer which by otherwise',
      'which ask by window.open',
      'which ends closed by otherwise',
      'ask_shop note',
      'ask_shop silent by otherwise',
      'note done',
      'note silent by if not',
      'silent ends no_answer',
      'done ends finished',
    ])
  })

  it.each(EXAMPLES)('of %s lead where its runs go', (name) => {
    const document = parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Record<string, unknown>
    const compiled = compileFlow(document)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const places = (list: string[]) => [...new Set(list)].toSorted()
    for (const step of compiled.program.steps) {
      const own = edgesOf(document).filter(({ from }) => from === step.id)
      const run = exitsOf(step).map((exit) => ('to' in exit ? exit.to : `ends ${exit.end}`))
      const taps = 'taps' in step ? [...step.taps.values()] : []
      expect(places(own.map(({ to, ends }) => (ends ? `ends ${to}` : to))), step.id).toEqual(places([...run, ...taps]))
    }
  })
})

describe('where boxes stand', () => {
  it('is on no other box and below what leads to them, whatever leads where', () => {
    const lines = fc.array(fc.record({ from: fc.nat(11), to: fc.nat(11) }), { maxLength: 30 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), lines, (count, given) => {
        const ids = Array.from({ length: count }, (_, index) => `s${index}`)
        const known = given.filter(({ from, to }) => from < count && to < count)
        const found = layOut(
          ids,
          known.map(({ from, to }) => ({ from: `s${from}`, to: `s${to}` })),
          SIZES,
        )
        const boxes = [...found.boxes.values()]
        for (const [index, one] of boxes.entries()) {
          for (const other of boxes.slice(index + 1))
            expect(Math.abs(one.x - other.x) >= SIZES.width || Math.abs(one.y - other.y) >= SIZES.height).toBe(true)
          expect(one.x - SIZES.width / 2).toBeGreaterThanOrEqual(-1e-6)
          expect(one.x + SIZES.width / 2).toBeLessThanOrEqual(found.width + 1e-6)
          expect(one.y + SIZES.height).toBeLessThanOrEqual(found.height)
        }
        for (const way of found.ways) {
          const ys = way?.map(({ y }) => y) ?? []
          expect(ys).toEqual(ys.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('puts a straight way in one column', () => {
    const { boxes, width } = layOut(
      ['a', 'b', 'c'],
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
      SIZES,
    )
    expect([...boxes.values()].map(({ x }) => Math.round(x))).toEqual([100, 100, 100])
    expect(width).toBe(SIZES.width)
  })
})
