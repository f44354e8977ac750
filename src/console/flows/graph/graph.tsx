import { useMemo } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Chip } from '../../parts/chip.tsx'
import { Wide } from '../../parts/wide.tsx'
import { type Step, stepsOf, TONES } from '../document.ts'
import { useOutcomeWords } from '../outcomes.ts'
import type { Flow } from '../queries.ts'
import { type Edge, edgesOf, START } from './edges.ts'
import { layOut, type Point } from './layout.ts'

const SIZES = { width: 232, height: 112, gapX: 28, gapY: 60 }
/** Beside all boxes, for what leads back up. */
const MARGIN = 44

const endOf = (outcome: string) => `ends as ${outcome}`

/** The flow as it is drawn: where people are in it at this moment. The list of its steps says the same in words. */
export function Graph({ flow }: { flow: Flow }) {
  const t = useTranslations('flows')
  const document = flow.document as Record<string, unknown>
  const { edges, steps, outcomes, layout } = useMemo(() => drawn(document), [document])
  const { waiting, ended } = flow.counts
  const began = Object.values(ended).reduce((sum, count) => sum + count, waiting)
  const height = layout.height + 2 * MARGIN
  return (
    <Wide label={t('graph')}>
      <div className="graph" style={{ width: layout.width + 2 * MARGIN, height }}>
        <svg className="graph-lines" width={layout.width + 2 * MARGIN} height={height} aria-hidden="true">
          <defs>
            <marker id="graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 L8 4 L0 8 z" />
            </marker>
          </defs>
          {edges.map((edge, index) => (
            <Way
              key={`${edge.from} ${edge.to} ${edge.by}`}
              edge={edge}
              points={layout.ways[index] ?? null}
              from={layout.boxes.get(edge.from) as Point}
              to={layout.boxes.get(edge.ends ? endOf(edge.to) : edge.to) as Point}
            />
          ))}
        </svg>
        <Box at={layout.boxes.get(START) as Point} kind="start">
          <strong>{t('begins')}</strong>
          <Triggers document={document} />
          <Count name={t('began')} count={began} />
        </Box>
        {steps.map((step) => (
          <StepBox key={step.id} step={step} flow={flow} at={layout.boxes.get(step.id) as Point} />
        ))}
        {outcomes.map((outcome) => (
          <End
            key={outcome}
            outcome={outcome}
            count={ended[outcome] ?? 0}
            at={layout.boxes.get(endOf(outcome)) as Point}
          />
        ))}
      </div>
    </Wide>
  )
}

function drawn(document: Record<string, unknown>) {
  const steps = stepsOf(document)
  const ids = new Set([START, ...steps.map(({ id }) => id)])
  const edges = edgesOf(document).filter(({ from, to, ends }) => ids.has(from) && (ends || ids.has(to)))
  const outcomes = [...new Set(edges.filter(({ ends }) => ends).map(({ to }) => to))]
  const lines = edges.map(({ from, to, ends }) => ({ from, to: ends ? endOf(to) : to }))
  return { edges, steps, outcomes, layout: layOut([...ids, ...outcomes.map(endOf)], lines, SIZES) }
}

function Box({ at: { x, y }, kind, children }: { at: Point; kind: string; children: React.ReactNode }) {
  const style = { left: MARGIN + x - SIZES.width / 2, top: MARGIN + y, width: SIZES.width, height: SIZES.height }
  return (
    <div className={`graph-box graph-${kind}`} style={style}>
      {children}
    </div>
  )
}

function StepBox({ step: { id, verb, about }, flow, at }: { step: Step; flow: Flow; at: Point }) {
  const t = useTranslations('flows')
  const outcomes = useOutcomeWords()
  const { waiting = 0, passed = 0, left = {} } = flow.steps.find((one) => one.id === id) ?? {}
  const gone = Object.entries(left)
  const leftHere = gone.reduce((sum, [, count]) => sum + count, 0)
  return (
    <Box at={at} kind={verb}>
      <div className="graph-name">
        <Chip tone={TONES[verb]}>{t(`verbs.${verb}`)}</Chip> <code>{id}</code>
      </div>
      <div className="graph-about" title={about}>
        {about}
      </div>
      <div className="graph-counts">
        <Count name={t('waiting')} count={waiting} isLoud />
        <Count name={t('passed')} count={passed} />
        <Count
          name={t('ended')}
          count={leftHere}
          title={gone.map(([outcome, count]) => `${outcomes(outcome)} ${count}`).join(' · ')}
        />
      </div>
    </Box>
  )
}

function End({ outcome, count, at }: { outcome: string; count: number; at: Point }) {
  const t = useTranslations('flows')
  const outcomes = useOutcomeWords()
  return (
    <Box at={at} kind="end">
      <strong className="graph-about">{outcomes(outcome)}</strong>
      <Count name={t('ended')} count={count} />
    </Box>
  )
}

interface CountProps {
  name: string
  count: number
  title?: string
  isLoud?: boolean
}

function Count({ name, count, title, isLoud = false }: CountProps) {
  const format = useFormatter()
  return (
    <span className={isLoud && count > 0 ? 'graph-count graph-loud' : 'graph-count'} title={title || undefined}>
      <span>{name}</span> <b>{format.number(count)}</b>
    </span>
  )
}

function Triggers({ document: { triggers } }: { document: Record<string, unknown> }) {
  const kinds = (Array.isArray(triggers) ? triggers : []).map((one) =>
    typeof one === 'string' ? one : (Object.keys(one as object)[0] ?? ''),
  )
  return <div className="graph-about">{kinds.join(' · ')}</div>
}

interface WayProps {
  edge: Edge
  /** Null: it leads back up, beside the boxes. */
  points: Point[] | null
  from: Point
  to: Point
}

function Way({ edge: { by }, points, from, to }: WayProps) {
  const { height, width, gapY } = SIZES
  const moved = ({ x, y }: Point): Point => ({ x: x + MARGIN, y: y + MARGIN })
  const [begin, end] = [moved(from), moved(to)]
  if (points === null) {
    const side = Math.max(begin.x, end.x) + width / 2 + MARGIN / 2
    const path = `M${begin.x + width / 2} ${begin.y + height / 2} C${side} ${begin.y + height / 2} ${side} ${end.y + height / 2} ${end.x + width / 2} ${end.y + height / 2}`
    return (
      <>
        <path className="graph-back" d={path} markerEnd="url(#graph-tip)" />
        <Label by={by} at={{ x: begin.x + width / 2 + 4, y: begin.y + height / 2 - 6 }} anchor="start" />
      </>
    )
  }
  const middle = points.slice(1, -1).map(moved)
  // Through a layer it goes straight down.
  const stops = [
    { x: begin.x, y: begin.y + height },
    ...middle.flatMap(({ x, y }) => [
      { x, y },
      { x, y: y + height },
    ]),
    end,
  ]
  const path = stops
    .map(({ x, y }, index) => {
      const former = stops[index - 1]
      if (former === undefined) return `M${x} ${y}`
      const half = (y - former.y) / 2
      return `C${former.x} ${former.y + half} ${x} ${y - half} ${x} ${y}`
    })
    .join(' ')
  const next = stops[1] as Point
  const label = { x: (begin.x + 2 * next.x) / 3, y: begin.y + height + gapY * 0.62 }
  return (
    <>
      <path d={path} markerEnd="url(#graph-tip)" />
      <Label by={by} at={label} anchor="middle" />
    </>
  )
}

const LABEL_CHARACTERS = 30

function Label({ by, at, anchor }: { by: string; at: Point; anchor: 'start' | 'middle' }) {
  if (by === '') return null
  return (
    <text x={at.x} y={at.y} textAnchor={anchor}>
      {by.length > LABEL_CHARACTERS ? `${by.slice(0, LABEL_CHARACTERS)}…` : by}
    </text>
  )
}
