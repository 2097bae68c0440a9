import type { Answer } from '../../harness/model/answer.js'
import type { Blocker } from '../../harness/model/report.js'
import { html, type Html } from '../parts/html-text.js'
import { relationLines } from '../parts/relations.js'
import { ownerSentence, titleOf } from '../parts/sentences.js'

/** What of the answers there is to read where no script may run, as in some viewers of CI artefacts. */
export function plainText(answers: readonly Answer[]): Html {
  return html`<h1>crac-preflight</h1>
    <p>Scripts are off here. The rest of this page shows itself in a browser that runs its script.</p>
    ${answers.map(
      (answer) =>
        html`<h2>${answer.verdict ?? 'no verdict'}: ${titleOf(answer)}</h2>
          ${failureText(answer)} ${answer.blockers.map((blocker) => blockerText(answer, blocker))}`,
    )}`
}

function failureText({ run }: Answer): Html | string {
  return run?.failure ? html`<p>${run.failure.code}: ${run.failure.message}</p>` : ''
}

function blockerText(answer: Answer, blocker: Blocker): Html {
  return html`<h3>${blocker.summary}</h3>
    <p>Owner: ${ownerSentence(blocker) ?? 'not known'}</p>
    ${relationLines(answer, blocker).map((line) => html`<p>${line}</p>`)}
    <p>${blocker.remedy.text}</p>`
}
