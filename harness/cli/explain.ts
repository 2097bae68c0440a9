import { closeSync, openSync, readSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { toAnnotations } from '../../reports/annotations.js'
import { renderText } from '../../reports/explain/text.js'
import { jsonText, printable } from '../../reports/parts/escape.js'
import { cracVersions } from '../checkpoint/engine.js'
import { explainTexts, type Explained } from '../explain/explain.js'
import { masked, maskOf } from '../model/mask.js'
import { UsageError } from '../model/errors.js'
import { annotationFormat, answerOutputs, answerTargets, assertAllWritable } from './output/answer-outputs.js'
import { all, one, oneOf, STANDARD_STREAM, type RawOptions } from './options.js'
import { assertOneOnStandardOutput, terminalOf, textOutput, writeOutputs } from './output/outputs.js'
import { assertNew, policiesOutput } from './output/policies.js'

const PIECE = 1 << 16

/** `explain`: reads output that the user already has. Exit 1 where anything in it speaks against a checkpoint. */
export async function explainFiles(files: string[], options: RawOptions): Promise<number> {
  const asked = one(options, 'cracVersion')
  const cracVersion = asked === undefined ? null : oneOf(options, 'crac-version', cracVersions, '25')
  const targets = answerTargets(options)
  const policies = one(options, 'policies')
  const json = options.json === true
  const annotations = annotationFormat(options)
  assertOneOnStandardOutput({ ...targets, policies, json: json ? STANDARD_STREAM : undefined })
  if (options.answers === true && !json)
    throw new UsageError('--answers divides what --json prints. Give both, or neither.')
  await assertReadable(files)
  await assertAllWritable(targets)
  await assertNew(policies)
  keepGarbageSmall()
  const read = await explainTexts(
    files.map((file) =>
      file === STANDARD_STREAM ? { name: '-', text: process.stdin } : { name: file, text: piecesOf(file) },
    ),
    cracVersion,
  )
  const texts = masked(read, maskOf(all(options, 'mask')))
  for (const { whole, unkept } of texts)
    if (json && unkept > 0)
      process.stderr.write(
        `crac-preflight: ${printable(whole.file)} holds ${unkept} more findings than are listed: memory is bounded.\n`,
      )
  const answers = texts.flatMap(({ text }) => text.answers)
  const outputs = [
    ...(json ? [textOutput('--json', STANDARD_STREAM, () => toJson(texts, options.answers === true))] : []),
    ...answerOutputs(options, answers),
    ...(policies === undefined ? [] : [policiesOutput(policies, texts)]),
  ]
  return await writeOutputs(
    texts.some(({ failed }) => failed) ? 1 : 0,
    outputs,
    (stream) =>
      (json ? '' : texts.map(({ text }) => renderText(text, terminalOf(stream))).join('\n')) +
      (annotations === null ? '' : toAnnotations(answers, annotations)),
  )
}

/**
 * Nearly all that is made of a text is garbage soon, and V8 lets that grow to several times what is kept before it looks: at
 * 100 MB of hostile text to 190 MB, and with this to less than half, in the same time.
 */
function keepGarbageSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=10')
}

/** Reads without a detour over other threads, which would cost more than the reading. */
function* piecesOf(file: string): Iterable<Uint8Array> {
  const fd = openSync(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(PIECE)
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer))
      yield buffer.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}

/** One object per file, or per answer where that is asked for; a text without any answer is still told. */
function toJson(texts: readonly Explained[], each: boolean): string {
  const objects = texts.flatMap(({ whole, answers }) => (each && answers.length > 0 ? answers : [whole]))
  return objects.map((object) => `${jsonText(object)}\n`).join('')
}

async function assertReadable(files: string[]): Promise<void> {
  if (files.length === 0)
    throw new UsageError('There is nothing to explain. Name files with CRaC output, or - for standard input.')
  if (files.filter((file) => file === STANDARD_STREAM).length > 1)
    throw new UsageError('Standard input can be read only once. Give - once.')
  for (const file of files)
    if (file !== STANDARD_STREAM && !(await isReadable(file)))
      throw new UsageError(
        `There is no file "${file}" that can be read. Name files with CRaC output, or - for standard input.`,
      )
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK)
    return !(await stat(file)).isDirectory()
  } catch {
    return false
  }
}
