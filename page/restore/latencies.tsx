import { largest } from '../../harness/model/lists'
import { duration } from '../../harness/model/text'

const [WIDTH, HEIGHT] = [400, 120]

/** How long each of the first requests took, on a scale of powers of ten: the first ones are far from the others. */
export function Latencies({ cold, restored }: { cold: readonly number[]; restored: readonly number[] }) {
  const most = largest([...cold, ...restored, 1])
  const requests = Math.max(cold.length, restored.length)
  return (
    <figure class="latencies">
      <figcaption>
        The first {requests} requests, up to {duration(most)}
        <span class="key cold">cold start</span>
        <span class="key warm">restored</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Latencies: cold start ${span(cold)}; restored ${span(restored)}`}
      >
        <Line values={cold} most={most} requests={requests} tone="cold" />
        <Line values={restored} most={most} requests={requests} tone="warm" />
      </svg>
    </figure>
  )
}

function span(values: readonly number[]): string {
  const [first] = values
  const last = values.at(-1)
  return first === undefined || last === undefined
    ? 'not known'
    : `first ${duration(first)}, last ${duration(last)}`
}

function Line(props: { values: readonly number[]; most: number; requests: number; tone: string }) {
  const { values, most, requests, tone } = props
  const y = (ms: number): number => HEIGHT - 4 - (Math.log1p(ms) / Math.log1p(most)) * (HEIGHT - 12)
  const points = values.map((ms, i) => `${((i + 0.5) / requests) * WIDTH},${y(ms).toFixed(1)}`)
  return <polyline class={tone} points={points.join(' ')} vector-effect="non-scaling-stroke" />
}
