import { readFile } from 'node:fs/promises'
import { compareLedgers, renderLedgerComparison } from '../../../reports/diff/ledgers.js'
import { jsonText } from '../../../reports/parts/escape.js'
import { UsageError } from '../../model/errors.js'
import { LEDGER_SCHEMA_ID, ledgerSchema, type LedgerReport } from '../../model/ledger.js'
import { all, one, type RawOptions } from '../options.js'
import { assertWritable, terminalOf, textOutput, writeOutputs } from '../output/outputs.js'

const DIFF_SCHEMA_ID = 'crac-preflight/ledger-diff@1'

/** `trace --diff BEFORE.json AFTER.json`: what two ledgers of `trace --json` differ in, by site. */
export async function diffLedgers(files: readonly string[], options: RawOptions): Promise<number> {
  const other = Object.entries(options).find(
    ([name, value]) => value !== undefined && !['diff', 'json', '--'].includes(name),
  )
  if (other !== undefined || (options['--'] ?? []).length > 0)
    throw new UsageError(
      '--diff only compares two files. Leave out every command, and every other option than --json.',
    )
  const [before, after, ...more] = [...all(options, 'diff'), ...files]
  if (before === undefined || after === undefined || more.length > 0)
    throw new UsageError(
      'trace --diff takes two ledgers. Write them with "trace --json FILE", then: crac-preflight trace --diff BEFORE.json AFTER.json',
    )
  const json = one(options, 'json')
  await assertWritable('json', json)
  const comparison = compareLedgers(await readLedger(before), await readLedger(after))
  const asJson = () => `${jsonText({ schema: DIFF_SCHEMA_ID, ...comparison }, 2)}\n`
  return await writeOutputs(0, json === undefined ? [] : [textOutput('--json', json, asJson)], (stream) =>
    renderLedgerComparison(comparison, terminalOf(stream).width),
  )
}

async function readLedger(file: string): Promise<LedgerReport> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `There is no ledger "${file}" that can be read. Write one with "trace --json ${file}".`,
      { cause: error },
    )
  })
  try {
    return ledgerSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new UsageError(
      `${file} is no ledger (${LEDGER_SCHEMA_ID}) of this version: it is not what "trace --json" writes. Write it anew.`,
      { cause: error },
    )
  }
}
