/** What outputs say of a restore beside its one sentence; all of it plain text of one line, not yet made printable. */
import type {
  Difference,
  KeptImage,
  Restoration,
  RestoreNumbers,
  SecretInImage,
} from '../../harness/model/restoration.js'
import { count, duration, megabytes, someOf } from '../../harness/model/text.js'

/** A note under a label; `label` is empty where it goes on, `warns` where somebody has to act. */
export interface RestorationNote {
  label: string
  text: string
  warns: boolean
}

const IN_IMAGE =
  'A reader of the image can read it. Keep the image as secret as they are, or give them to the app after its restore'

export function restorationNotes(restoration: Restoration | null): RestorationNote[] {
  if (restoration === null) return []
  const { numbers, differences, secrets, kept } = restoration
  return [
    ...(numbers === null ? [] : [{ label: 'numbers', text: numbersSentence(numbers), warns: false }]),
    ...differencesNotes(differences),
    ...(secrets.length === 0 ? [] : [{ label: 'secrets', text: secretsSentence(secrets), warns: true }]),
    ...(kept === null ? [] : [{ label: 'kept', text: keptSentence(kept), warns: false }]),
  ]
}

/** Both starts side by side. */
function numbersSentence({ coldStart, restored, imageBytes, compressedBytes }: RestoreNumbers): string {
  const both = (name: string, cold: number | null, back: number | null): string[] =>
    cold === null || back === null ? [] : [`${name} ${duration(cold)} cold, ${duration(back)} restored`]
  const number = Math.min(coldStart.latenciesMs.length, restored.latenciesMs.length)
  const packed = compressedBytes === null ? '' : ` (${megabytes(compressedBytes)} compressed)`
  return [
    ...both('ready after', coldStart.readyMs, restored.readyMs),
    ...both('first answer after', coldStart.firstAnswerMs, restored.firstAnswerMs),
    ...both(
      `median of ${count(number, 'request')}`,
      median(coldStart.latenciesMs.slice(0, number)),
      median(restored.latenciesMs.slice(0, number)),
    ),
    `image ${megabytes(imageBytes)}${packed}`,
  ].join('; ')
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

/** What needs attention by itself with its remedy, the rest counted. */
function differencesNotes(differences: readonly Difference[]): RestorationNote[] {
  const lines = [
    ...differences
      .filter(({ remedy }) => remedy !== null)
      .map(({ text, remedy }) => ({
        text: `${text}. ${remedy?.text ?? ''} ${remedy?.link ?? ''}`,
        warns: true,
      })),
    ...quietly(differences),
  ]
  return lines.map((line, i) => ({ label: i === 0 ? 'different' : '', ...line }))
}

function quietly(differences: readonly Difference[]): { text: string; warns: boolean }[] {
  const harmless = differences.filter(({ remedy }) => remedy === null).map(({ text }) => text)
  return harmless.length === 0 ? [] : [{ text: someOf(harmless), warns: false }]
}

const secretsSentence = (secrets: readonly SecretInImage[]): string =>
  `${secrets.map(({ name, from }) => `${name} (${from === 'environment' ? 'environment' : 'system property'})`).join(', ')} can be read in the image. ${IN_IMAGE}: https://docs.azul.com/core/crac/crac-guidelines`

const keptSentence = ({ folder, use }: KeptImage): string =>
  `the image is in ${folder}; ${use.length === 1 ? `it comes back with ${use[0] ?? ''}` : `${folder}/Dockerfile makes an image of the container that comes back`}`

/** The same for programs that read properties. */
export function restorationProperties(restoration: Restoration | null): [string, string][] {
  if (restoration === null) return []
  const { numbers, differences, secrets, verdict, budgetMs } = restoration
  return [
    ['restore.verdict', verdict],
    ...(budgetMs === null ? [] : [['restore.budgetMs', String(budgetMs)] satisfies [string, string]]),
    ...(numbers === null ? [] : numbersProperties(numbers)),
    ...differences.map(({ kind, change, text }): [string, string] => [`restore.${kind}.${change}`, text]),
    ...secrets.map(({ name, from }): [string, string] => ['restore.secret', `${name} (${from})`]),
  ]
}

function numbersProperties(numbers: RestoreNumbers): [string, string][] {
  const { coldStart, restored, ...image } = numbers
  const rows = { coldStart, restored }
  return [
    ...Object.entries(rows).flatMap(([name, { readyMs, firstAnswerMs, latenciesMs }]): [string, string][] => [
      [`restore.${name}.readyMs`, String(readyMs)],
      ...(firstAnswerMs === null
        ? []
        : [[`restore.${name}.firstAnswerMs`, String(firstAnswerMs)] satisfies [string, string]]),
      [`restore.${name}.latenciesMs`, latenciesMs.join(' ')],
    ]),
    ...Object.entries(image).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[`restore.${name}`, String(value)]],
    ),
  ]
}
