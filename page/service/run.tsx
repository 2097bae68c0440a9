import type { PageAnswer } from '../../reports/html/page-data'
import {
  engineSentence,
  evidenceSentence,
  restoreSentence,
  timingSentence,
} from '../../reports/parts/sentences'
import { Copy } from '../parts/copy'
import { Term } from '../parts/text'

/** Why the harness could not tell. */
export function Outcome({ failure }: { failure: { code: string; message: string } }) {
  return (
    <section class="failure" aria-label="Why there is no verdict">
      <code>{failure.code}</code>
      <p>{failure.message}</p>
    </section>
  )
}

/** What ran, by whose rules, how complete the evidence is, and what the engine printed. */
export function RunSection({ answer }: { answer: PageAnswer }) {
  const { run, evidence } = answer
  return (
    <>
      <dl class="terms">
        <Term name="Evidence">
          {evidence === null ? null : (
            <>
              {evidenceSentence(evidence)}
              <Note text={evidence.note} />
            </>
          )}
        </Term>
        <Term name="Engine">
          {run === null ? null : (
            <>
              {engineSentence(run)}
              <Note text={run.engine.note} />
            </>
          )}
        </Term>
        <Term name="Restore">{run === null ? null : restoreSentence(run)}</Term>
        <Term name="App">
          {run === null ? null : <code>{run.app.image ?? run.app.command.join(' ')}</code>}
        </Term>
        <Term name="Timing">{run === null ? null : timingSentence(run)}</Term>
      </dl>
      {run === null || run.engine.output === '' ? null : (
        <details class="output">
          <summary>What the engine printed</summary>
          <div class="code">
            <pre tabIndex={0}>{run.engine.output}</pre>
            <Copy text={run.engine.output} label="Copy what the engine printed" />
          </div>
        </details>
      )}
    </>
  )
}

function Note({ text }: { text: string | null }) {
  return text === null ? null : <span class="note">{text}</span>
}
