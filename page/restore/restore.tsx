import type { Difference, Restoration, RestoreNumbers, StartNumbers } from '../../harness/model/restoration'
import { largest } from '../../harness/model/lists'
import { count, duration, megabytes } from '../../harness/model/text'
import type { Service } from '../data/services'
import { Section } from '../parts/section'
import { Term, WithLinks } from '../parts/text'
import { Kept } from './kept'
import { Latencies } from './latencies'

/** What a restore saves, what it costs, and what is different after it. */
export function RestoreSection({ restoration }: { service: Service; restoration: Restoration }) {
  const { verdict, reason, numbers, differences, secrets, kept, capabilities } = restoration
  return (
    <Section id="restore" title="Restore">
      {verdict === 'restored' ? null : (
        <p class="note">
          {verdict === 'not-tried' ? 'Not tried' : 'Failed'}: {reason ?? 'no reason is known'}
        </p>
      )}
      {capabilities === null ? null : <p class="headline restore-where">{inContainer(capabilities)}</p>}
      {numbers === null ? null : <Numbers numbers={numbers} />}
      {secrets.length === 0 ? null : (
        <p class="note">The image can be read, and holds {secrets.map(({ name }) => name).join(', ')}.</p>
      )}
      {differences.length === 0 ? null : <Differences differences={differences} />}
      {kept === null ? null : <Kept kept={kept} capabilities={capabilities} />}
    </Section>
  )
}

/** What it was given that the app's own container does not have. */
const inContainer = (capabilities: readonly string[]): string =>
  `It came back in another container of the same image, with ${capabilities.join(' and ')}, and without a seccomp profile.`

function Numbers({ numbers }: { numbers: RestoreNumbers }) {
  const { coldStart, restored, checkpointMs, imageBytes, compressedBytes } = numbers
  const most = largest(
    [coldStart, restored].flatMap(({ readyMs, firstAnswerMs }) => [readyMs, firstAnswerMs ?? 0]),
  )
  const factor = coldStart.readyMs / Math.max(1, restored.readyMs)
  return (
    <div class="restore">
      <div>
        <StartBar name="Cold start" start={coldStart} most={most} tone="cold" />
        <StartBar name="Restored" start={restored} most={most} tone="warm" />
        <dl class="terms">
          <Term name="Ready">{factor >= 1.05 ? `${factor.toFixed(1)} times sooner` : 'not sooner'}</Term>
          <Term name="Image">
            {megabytes(imageBytes)}
            {compressedBytes === null ? '' : `, ${megabytes(compressedBytes)} compressed`}, written in{' '}
            {duration(checkpointMs)}
          </Term>
        </dl>
      </div>
      {coldStart.latenciesMs.length + restored.latenciesMs.length === 0 ? null : (
        <Latencies cold={coldStart.latenciesMs} restored={restored.latenciesMs} />
      )}
    </div>
  )
}

/** Until ready, and until the first answer. */
function StartBar(props: { name: string; start: StartNumbers; most: number; tone: string }) {
  const { name, start, most, tone } = props
  const { readyMs, firstAnswerMs } = start
  const width = (ms: number): string => `${(ms / most) * 100}%`
  return (
    <div class={`start ${tone}`}>
      <span class="start-name">{name}</span>
      <span class="start-time">
        {duration(readyMs)}
        {firstAnswerMs === null ? null : <span class="faint">, first answer {duration(firstAnswerMs)}</span>}
      </span>
      <span class="start-bar">
        {firstAnswerMs === null ? null : (
          <span class="until-answer" style={{ width: width(firstAnswerMs) }} />
        )}
        <span class="until-ready" style={{ width: width(readyMs) }} />
      </span>
    </div>
  )
}

/** What needs somebody's attention comes first. */
function Differences({ differences }: { differences: readonly Difference[] }) {
  const rows = differences.toSorted((a, b) => Number(a.remedy === null) - Number(b.remedy === null))
  return (
    <>
      <h3 class="sub">{count(differences.length, 'difference')} after the restore</h3>
      <div class="table-frame" role="region" aria-label="Differences after the restore" tabIndex={0}>
        <table class="differences">
          <thead>
            <tr>
              <th scope="col">kind</th>
              <th scope="col">change</th>
              <th scope="col">what, and what to do</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((difference, i) => (
              <tr key={i}>
                <td>{difference.kind}</td>
                <td>
                  <span class={`verdict-word ${difference.remedy === null ? '' : 'blocked'}`}>
                    {difference.change}
                  </span>
                </td>
                <td>
                  {difference.text}
                  {difference.remedy === null ? null : (
                    <span class="note">
                      <WithLinks text={`${difference.remedy.text} ${difference.remedy.link}`} />
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
