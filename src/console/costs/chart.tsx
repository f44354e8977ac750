import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useFormatter, useTranslations } from 'use-intl'
import 'uplot/dist/uPlot.min.css'
import { daysOf, dayWords, type PointOfDay } from './days.ts'

const HEIGHT_PX = 180
const HALF_A_DAY_S = 43_200

interface Props {
  points: readonly PointOfDay[]
  currency: string
  /** The first day and the last, such as `2026-11-30`. */
  from: string
  to: string
}

/** What each day cost, expected and told by Meta, in one currency. The table under it has the same in numbers. */
export function CostChart({ points, currency, from, to }: Props) {
  const t = useTranslations('costs')
  const format = useFormatter()
  const frame = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme()
  const money = (amount: number) => format.number(amount, { style: 'currency', currency, maximumFractionDigits: 2 })
  const most = points.reduce((a, b) => (b.expected > a.expected ? b : a))
  const words = t('chartWords', { days: points.length, day: dayWords(format, most.day), amount: money(most.expected) })
  const names = [t('expected'), t('actual')]

  // biome-ignore lint/correctness/useExhaustiveDependencies: the words come with the numbers, and the colours with the scheme
  useEffect(() => {
    const node = frame.current
    if (node === null) return
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    const axis = { stroke: colour('--ink-2'), grid: { stroke: colour('--edge'), width: 1 }, ticks: { show: false } }
    const bars = uPlot.paths.bars?.({ size: [0.6, 40] })
    const chart = new uPlot(
      {
        width: node.clientWidth,
        height: HEIGHT_PX,
        // Days are days, wherever they are looked at from.
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
        cursor: { y: false },
        scales: { x: { range: (_, first, last) => [first - HALF_A_DAY_S, last + HALF_A_DAY_S] } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((seconds) => dayWords(format, seconds * 1000, false)) },
          { ...axis, size: 70, values: (_, ticks) => ticks.map(money) },
        ],
        series: [
          {
            label: t('bys.day'),
            value: (_, seconds) => (seconds === null ? '–' : dayWords(format, seconds * 1000)),
          },
          {
            label: names[0] as string,
            fill: colour('--good'),
            ...(bars && { paths: bars }),
            points: { show: false },
            value: (_, amount) => (amount === null ? '–' : money(amount)),
          },
          {
            label: names[1] as string,
            stroke: colour('--warn'),
            width: 2,
            value: (_, amount) => (amount === null ? '–' : money(amount)),
          },
        ],
      },
      daysOf(points, from, to),
      node,
    )
    const sizes = new ResizeObserver(() => chart.setSize({ width: node.clientWidth, height: HEIGHT_PX }))
    sizes.observe(node)
    return () => {
      sizes.disconnect()
      chart.destroy()
    }
  }, [points, currency, from, to, scheme])

  return (
    <figure className="cost-chart">
      <div ref={frame} aria-hidden="true" />
      <figcaption className="hint">{words}</figcaption>
    </figure>
  )
}
