/** SARIF 2.1.0, which code scanning reads: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import { pathToFileURL } from 'node:url'
import { isAccepted, missed, type Answer } from '../harness/model/answer.js'
import { formatFrame, type Blocker, type Frame } from '../harness/model/report.js'
import { blockerLines, blockerMessage } from './parts/blocker-text.js'
import { harmless, jsonText, printable, wellFormed } from './parts/escape.js'
import { actionSentence, titleOf } from './parts/sentences.js'
import { actionsOf } from './parts/stacks.js'
import { ownerFrame, placeOf, type SourcePlace } from './source/blocker-place.js'
import { fallbackPlace } from './source/fallback-place.js'
import { fingerprintOf } from './source/fingerprint.js'
import { Sources } from './source/sources.js'

export interface SarifOptions {
  /** A folder of the repository whose sources are named; the working folder by default. */
  sources?: string
  /** The version of this package. */
  version?: string
}

/** Each blocker as a result on its line of the repository, with its Java stacks; a check without a verdict as a notification. */
export function toSarif(answers: readonly Answer[], options: SarifOptions = {}): string {
  const sources = Sources.around(options.sources)
  const kinds = [...new Set(answers.flatMap(({ blockers }) => blockers.map(({ kind }) => kind)))]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'crac-preflight',
            ...(options.version !== undefined && { semanticVersion: options.version }),
            rules: kinds.map(ruleOf),
          },
        },
        invocations: [
          {
            executionSuccessful: !answers.some(({ verdict }) => verdict === 'failed'),
            toolExecutionNotifications: answers.flatMap(notificationsOf),
          },
        ],
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(sources.root).href}/` } },
        columnKind: 'utf16CodeUnits',
        results: answers.flatMap((answer) =>
          answer.blockers.map((blocker) => resultOf(answer, blocker, kinds.indexOf(blocker.kind), sources)),
        ),
      },
    ],
  }
  return `${jsonText(log, 2)}\n`
}

const ruleOf = (kind: Blocker['kind']) => ({
  id: kind,
  name: kind,
  shortDescription: { text: `A ${kind.replaceAll('-', ' ')} speaks against a CRaC checkpoint.` },
  defaultConfiguration: { level: 'error' },
})

/** What is no blocker, and fails all the same: no verdict, or something that was known and is not there. */
function notificationsOf(answer: Answer) {
  const { verdict, blockers, known, run } = answer
  const isUnexplained = verdict === 'failed' || (verdict === 'blocked' && blockers.length === 0)
  const { code = null, message = '' } = run?.failure ?? {}
  return [
    ...(isUnexplained ? [notification(`${titleOf(answer)}. ${message}`.trim(), code)] : []),
    ...missed(known).map((id) =>
      notification(`${answer.name}: expected a blocker that is not there: ${id}`, 'NOT_BLOCKED'),
    ),
  ]
}

const notification = (text: string, code: string | null) => ({
  level: 'error',
  message: { text: harmless(text) },
  ...(code !== null && { descriptor: { id: code } }),
})

function resultOf(answer: Answer, blocker: Blocker, ruleIndex: number, sources: Sources) {
  const isNew = !isAccepted(answer, blocker)
  const owner = ownerFrame(answer, blocker)
  const place = placeOf(answer, blocker, sources)
  const text = `${answer.name}: ${blockerMessage(blocker, answer)}\n\n${blockerLines(answer, blocker)}`
  return {
    ruleId: blocker.kind,
    ruleIndex,
    level: isNew ? 'error' : 'note',
    message: { text: harmless(text) },
    locations: [
      {
        physicalLocation: place
          ? physical(place)
          : { artifactLocation: { uri: uriOf(fallbackPlace(answer, blocker)) } },
        ...(owner && { logicalLocations: [logical(owner)] }),
      },
    ],
    partialFingerprints: { 'crac-preflight/v1': fingerprintOf(answer, blocker.id) },
    properties: { scenario: answer.name, blocker: blocker.id },
    ...(!isNew && { suppressions: [{ kind: 'external', justification: 'accepted, or expected' }] }),
    ...stacksOf(answer, blocker, sources),
  }
}

function stacksOf(answer: Answer, blocker: Blocker, sources: Sources) {
  const actions = actionsOf(answer, blocker).filter(({ frames }) => frames.length > 0)
  if (actions.length === 0) return {}
  const stacks = actions.map((action) => ({
    message: { text: printable(actionSentence(action)) },
    frames: action.frames.map((frame) => ({
      location: {
        message: { text: printable(formatFrame(frame)) },
        ...located(frame, sources),
        logicalLocations: [logical(frame)],
      },
    })),
  }))
  return { stacks }
}

function located(frame: Frame, sources: Sources) {
  const file = sources.find(frame)
  return file === null ? {} : { physicalLocation: physical({ file, line: frame.line }) }
}

const physical = ({ file, line }: SourcePlace) => ({
  artifactLocation: { uri: uriOf(file), uriBaseId: 'SRCROOT' },
  ...(line !== null && line > 0 && { region: { startLine: line } }),
})

const logical = ({ class: name, method }: Frame) => ({
  fullyQualifiedName: printable(`${name}.${method}`),
  kind: 'function',
})

/** A relative URI reference, whatever the file's name is. */
const uriOf = (path: string): string => wellFormed(path).split('/').map(encodeURIComponent).join('/')
