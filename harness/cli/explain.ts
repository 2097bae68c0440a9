import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { explain, renderExplanation } from '../explain.js'
import { STANDARD_STREAM, type RawOptions } from './options.js'
import { terminalOf } from './outputs.js'

const PIECE = 1 << 16

/** `explain`: reads output that the user already has. Exit 1 where anything in it speaks against a checkpoint. */
export async function explainFiles(files: string[], options: RawOptions): Promise<number> {
  if (files.length === 0)
    throw new UsageError('There is nothing to explain. Name files with CRaC output, or - for standard input.')
  for (const file of files)
    if (file !== STANDARD_STREAM)
      await access(file, constants.R_OK).catch(() => {
        throw new UsageError(
          `There is no file "${file}" that can be read. Name files with CRaC output, or - for standard input.`,
        )
      })
  const explanations = await explain(
    files.map((file) =>
      file === STANDARD_STREAM
        ? { name: '-', text: process.stdin }
        : { name: file, text: createReadStream(file, { highWaterMark: PIECE }) },
    ),
  )
  for (const explanation of explanations)
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(explanation)}\n`
        : renderExplanation(explanation, terminalOf(process.stdout)),
    )
  return explanations.some(
    ({ findings, outcome }) => findings.length > 0 || /failed|mixed/.test(outcome ?? ''),
  )
    ? 1
    : 0
}
