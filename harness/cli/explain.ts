import { closeSync, openSync, readSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { toToldAnnotations } from '../../reports/annotations.js'
import { cracVersions } from '../checkpoint/engine.js'
import { UsageError } from '../model/errors.js'
import { explainTexts, renderText, type ExplainedText } from '../explain/explain.js'
import { hasFailed } from '../explain/sections.js'
import { toTold } from '../explain/told.js'
import { annotationFormat } from './annotation-format.js'
import { one, oneOf, STANDARD_STREAM, type RawOptions } from './options.js'
import { assertOneOnStandardOutput, assertWritable, terminalOf, write } from './outputs.js'
import { assertNew, writePolicies } from './policies.js'

const PIECE = 1 << 16

/** `explain`: reads output that the user already has. Exit 1 where anything in it speaks against a checkpoint. */
export async function explainFiles(files: string[], options: RawOptions): Promise<number> {
  const asked = one(options, 'cracVersion')
  const cracVersion = asked === undefined ? null : oneOf(options, 'crac-version', cracVersions, '25')
  const outputs = { junit: one(options, 'junit'), policies: one(options, 'policies') }
  const json = options.json === true
  const annotations = annotationFormat(options)
  assertOneOnStandardOutput({ ...outputs, json: json ? STANDARD_STREAM : undefined })
  if (options.answers === true && !json)
    throw new UsageError('--answers divides what --json prints. Give both, or neither.')
  await assertReadable(files)
  await assertWritable('junit', outputs.junit)
  await assertNew(outputs.policies)
  const texts = await explainTexts(
    files.map((file) =>
      file === STANDARD_STREAM ? { name: '-', text: process.stdin } : { name: file, text: piecesOf(file) },
    ),
  )
  const told = () => texts.flatMap((text) => toTold(text, cracVersion))
  const isTaken = json || Object.values(outputs).includes(STANDARD_STREAM)
  if (json) for (const text of texts) process.stdout.write(toJson(text, options.answers === true))
  else {
    // With a file on standard output, people read on standard error.
    const stream = isTaken ? process.stderr : process.stdout
    stream.write(texts.map((text) => renderText(text, { ...terminalOf(stream), cracVersion })).join('\n'))
  }
  if (annotations !== null)
    (isTaken ? process.stderr : process.stdout).write(toToldAnnotations(told(), annotations))
  if (outputs.junit !== undefined) {
    // The builder takes as long to load as a log of 20 MB to be read.
    const { toToldJunit } = await import('../../reports/junit/told.js')
    await write(outputs.junit, toToldJunit(told()))
  }
  if (outputs.policies !== undefined) await writePolicies(outputs.policies, texts, cracVersion)
  return texts.some(({ whole }) => hasFailed(whole)) ? 1 : 0
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
function toJson({ whole, answers }: ExplainedText, each: boolean): string {
  const objects = each && answers.length > 0 ? answers : [whole]
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('')
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
