import { readFileSync } from 'node:fs'
import { REPORTS_SCHEMA_ID } from '../../../reports/json.js'
import { UsageError } from '../../model/errors.js'
import { SCHEMA_ID, type Report } from '../../model/report.js'
import type { RawOptions } from '../options.js'
import { parseReports } from '../read-reports.js'
import { assertOutputs, writeReports } from './write-reports.js'

/** `merge`: reports that several machines have written, as if one had checked all. */
export async function merge(files: readonly string[], options: RawOptions): Promise<number> {
  if (files.length === 0)
    throw new UsageError('There is nothing to merge. Name files that "check --json FILE" has written.')
  const reports: Report[] = []
  const seen = new Map<string, string>()
  for (const file of files)
    for (const report of reportsOf(file)) {
      const before = seen.get(report.scenario)
      if (before !== undefined)
        throw new UsageError(
          `"${report.scenario}" stands in ${before} and in ${file}: two answers to one question. Leave one of them out.`,
        )
      seen.set(report.scenario, file)
      reports.push(report)
    }
  const toReceiver = await assertOutputs(options)
  return await writeReports(options, reports, { many: true, toReceiver })
}

function reportsOf(file: string): Report[] {
  const value = valueOf(file)
  const id = (value as { schema?: unknown } | null)?.schema
  const read = parseReports(value)
  if (read === null)
    throw new UsageError(
      `${file} is no report: its schema is ${typeof id === 'string' ? `"${id}"` : 'not named'}, expected is ${SCHEMA_ID} or ${REPORTS_SCHEMA_ID}. Name files that "check --json FILE" has written.`,
    )
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UsageError(
    `${file} is no report that this version reads: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}. Write it and merge it with one version.`,
  )
}

function valueOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(
      `${file} can't be merged: ${(error as Error).message}. Name files that "check --json FILE" has written.`,
      { cause: error },
    )
  }
}
