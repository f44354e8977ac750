import { useDurations } from '../words/durations.ts'
import { useTicking } from './ticker.ts'

/** Time left until an instant, ticking; `0` once it is over. Hidden from screen readers, who would hear each second of it. */
export function Countdown({ until }: { until: string }) {
  const { countdown } = useDurations()
  const end = Date.parse(until)
  const text = useTicking((now) => countdown(end - now))
  return (
    <span className="countdown" aria-hidden="true">
      {text}
    </span>
  )
}
