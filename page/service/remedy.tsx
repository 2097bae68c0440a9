import type { Blocker } from '../../harness/model/report'
import { CodeBlock } from '../parts/code-block'
import { WithLinks } from '../parts/text'
import { Accept } from './accept'

/** What to do about a blocker: mend it, hand it to a policy, or accept it, where it is not accepted already. */
export function Remedy({
  blocker,
  app,
  accepted,
}: {
  blocker: Blocker
  app: string | null
  accepted: boolean
}) {
  const { remedy, id } = blocker
  return (
    <div class="card-side">
      <h4>What to do</h4>
      <p>
        <WithLinks text={remedy.text} />
      </p>
      {remedy.policy === null ? null : (
        <>
          <h4>Policy</h4>
          <CodeBlock text={remedy.policy} label="Copy the policy" />
        </>
      )}
      <h4>{accepted ? 'Accepted: it fails no check' : 'Accept it'}</h4>
      {accepted ? <CodeBlock text={id} label="Copy the id" /> : <Accept id={id} app={app} />}
    </div>
  )
}
