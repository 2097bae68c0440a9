import type { Answer, JudgedDescriptor, Run } from '../../harness/model/answer.js'
import type { Blocker, Evidence } from '../../harness/model/report.js'
import { count } from '../../harness/model/text.js'
import { block, html, join, type Html } from '../parts/html-text.js'
import { pageStyle } from './html-style.js'
import {
  deedSentence,
  descriptorSentence,
  engineSentence,
  evidenceSentence,
  findingSentence,
  restoreSentence,
  timingSentence,
  titleOf,
} from '../parts/sentences.js'
import { foldNative, nativeLine } from '../parts/native-frames.js'
import { relationLines } from '../parts/relations.js'
import { deedsOf, descriptorsOf, foldStack, type Deed } from '../parts/stacks.js'

/** Answers as one page that needs nothing else: no script, no request, nothing of the app's unescaped. */
export function toHtml(answers: readonly Answer[]): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>crac-preflight</title>
        <style>
          ${pageStyle}
        </style>
      </head>
      <body>
        <h1>crac-preflight</h1>
        ${answers.map(answerSection)}
      </body>
    </html> `
  return page.markup
}

function answerSection(answer: Answer): Html {
  const { verdict, note, blockers, evidence, run } = answer
  return html`<section>
    <h2><span class="verdict ${verdict ?? 'none'}">${verdict ?? 'no verdict'}</span> ${titleOf(answer)}</h2>
    ${note === null ? '' : html`<p class="note">${note}</p>`} ${run?.failure ? failureBox(run.failure) : ''}
    ${blockers.map((blocker) => blockerCard(answer, blocker))}
    <dl>${evidence === null ? '' : evidenceTerm(evidence)} ${run === null ? '' : runTerms(run)}</dl>
    ${descriptorTable(answer.descriptors)} ${run === null ? '' : engineOutput(run)}
  </section>`
}

function evidenceTerm(evidence: Evidence): Html {
  return html`<dt>Evidence</dt>
    <dd>${evidenceSentence(evidence)} ${note(evidence.note)}</dd>`
}

function runTerms(run: Run): Html {
  return html`<dt>Engine</dt>
    <dd>${engineSentence(run)} ${note(run.engine.note)}</dd>
    ${restoreTerm(run)}
    <dt>App</dt>
    <dd><code>${run.app.image ?? run.app.command.join(' ')}</code></dd>
    <dt>Timing</dt>
    <dd>${timingSentence(run)}</dd>`
}

function restoreTerm(run: Run): Html | string {
  const told = restoreSentence(run)
  return told === null
    ? ''
    : html`<dt>Restore</dt>
        <dd>${told}</dd>`
}

function engineOutput({ engine }: Run): Html {
  return html`<details>
    <summary>What the engine printed</summary>
    <pre>${block(engine.output)}</pre>
  </details>`
}

function failureBox(failure: { code: string; message: string }): Html {
  return html`<div class="card failed">
    <p><code>${failure.code}</code></p>
    <pre>${block(failure.message)}</pre>
  </div>`
}

function note(text: string | null): Html | string {
  return text === null ? '' : html`<span class="note">${text}</span>`
}

function blockerCard(answer: Answer, blocker: Blocker): Html {
  const { owner, remedy } = blocker
  const own = descriptorsOf(answer, blocker)
  const from = [owner?.jar ?? null, owner?.artifact ?? null].filter((part) => part !== null).join(', ')
  return html`<article class="card blocked">
    <h3>${blocker.summary} <span class="kind">${blocker.kind}</span></h3>
    <dl>
      <dt>Owner</dt>
      <dd>
        ${owner === null ? 'not known' : html`<code class="owner">${owner.frame}</code>`}
        ${from === '' ? '' : html`<br />in <code>${from}</code>`}
      </dd>
      ${blocker.descriptors.length === 0 ? '' : descriptorTerm(answer, blocker, own)}
      <dt>Findings</dt>
      <dd>${lines([...new Set(blocker.findings.map(findingSentence))])}</dd>
      <dt>Remedy</dt>
      <dd>${remedy.text} ${remedy.policy === null ? '' : html`<pre>${block(remedy.policy)}</pre>`}</dd>
    </dl>
    ${deedsOf(answer, blocker).map((deed, index) => stackDetails(deed, owner?.frame ?? null, index === 0))}
  </article>`
}

function descriptorTerm(answer: Answer, blocker: Blocker, own: JudgedDescriptor[]): Html {
  return html`<dt>Descriptors</dt>
    <dd>
      ${lines(own.length > 0 ? own.map(descriptorSentence) : blocker.descriptors.map(String))}
      ${lines(relationLines(answer, blocker))}
    </dd>`
}

function lines(texts: string[]): Html {
  return join(texts.map((text) => html`<code>${text}</code><br />`))
}

function stackDetails(deed: Deed, owner: string | null, open: boolean): Html {
  const { frames, origin } = deed
  const stack = foldStack(frames, owner, Number.POSITIVE_INFINITY).map((line) =>
    line.kind === 'fold'
      ? stackLine('fold', line.text)
      : line.owner
        ? stackLine('owner', `at ${line.text}`)
        : stackLine(line.jdk ? 'fold' : 'own', `at ${line.text}`),
  )
  const line = nativeLine(origin?.native ?? [])
  const native = [
    ...(line === null ? [] : [stackLine('owner', `by ${line}`)]),
    ...foldNative(origin?.native ?? []).map((frame) => stackLine('fold', `native ${frame}`)),
  ]
  return html`<details ${open ? html`open` : ''}>
    <summary>${deedSentence(deed)}</summary>
    <pre>${frames.length > 0 ? stack : native}</pre>
  </details>`
}

function stackLine(kind: 'fold' | 'owner' | 'own', text: string): Html {
  return html`<span class="line ${kind}">${text}</span>`
}

function descriptorTable(descriptors: readonly JudgedDescriptor[]): Html | string {
  if (descriptors.length === 0) return ''
  const rows = descriptors.map(
    (descriptor) =>
      html`<tr>
        <td>${descriptor.fd}</td>
        <td>${descriptor.kind}</td>
        <td><code>${descriptor.target}</code></td>
        <td>${descriptor.verdict ?? ''}</td>
        <td>${descriptor.rule ?? ''}</td>
        <td>${descriptor.missing ?? descriptor.origin?.thread ?? ''}</td>
      </tr>`,
  )
  return html`<details>
    <summary>${count(descriptors.length, 'live descriptor')}</summary>
    <table>
      <tr>
        <th>fd</th>
        <th>kind</th>
        <th>target</th>
        <th>verdict</th>
        <th>rule</th>
        <th>thread, or why there is no stack</th>
      </tr>
      ${rows}
    </table>
  </details>`
}
