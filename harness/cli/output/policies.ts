import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { policyFile } from '../../../reports/explain/policy-file.js'
import { notACommand, printable } from '../../../reports/parts/escape.js'
import type { Explained } from '../../explain/explain.js'
import { UsageError } from '../../model/errors.js'
import { count } from '../../model/text.js'
import { STANDARD_STREAM } from '../options.js'
import { makeFolder, type Output } from './outputs.js'
import { print } from './write.js'

/** Rules may be the user's own work: a file that is there is never touched. */
export async function assertNew(path: string | undefined): Promise<void> {
  if (path === undefined || path === STANDARD_STREAM) return
  if (existsSync(path))
    throw new UsageError(
      `--policies can't be "${path}": it exists, and rules that you may have written are not overwritten. Name a new file, or - for standard output.`,
    )
  await makeFolder(dirname(path)).catch((error: unknown) => {
    throw new UsageError(
      `--policies can't be "${path}": ${error instanceof Error ? error.message : String(error)}. Name a file in a folder that you may write to.`,
      { cause: error },
    )
  })
}

/** The rules that help; what came of it is said on standard error. */
export function policiesOutput(target: string, texts: readonly Explained[]): Output {
  return { option: '--policies', target, write: () => writePolicies(target, texts) }
}

async function writePolicies(path: string, texts: readonly Explained[]): Promise<void> {
  const blockers = texts.flatMap(({ blockers }) => blockers)
  const names = texts.map(({ text }) => text.name).join(', ')
  const { text, rules, unhandled } = policyFile(blockers, names)
  const target = path === STANDARD_STREAM ? 'standard output' : path
  const rest = unhandled.map((summary) => `\n  no rule handles: ${notACommand(printable(summary))}`).join('')
  if (text === null) {
    const why =
      blockers.length === 0 ? 'Nothing was found that would need one.' : 'The remedies above say what does.'
    await print(
      process.stderr,
      `crac-preflight: no policy helps, and ${target} is not written. ${why}${rest}\n`,
    )
    return
  }
  if (path === STANDARD_STREAM) await print(process.stdout, text)
  else await writeFile(path, text, { flag: 'wx' })
  await print(
    process.stderr,
    `crac-preflight: ${count(rules, 'rule')} for -Djdk.crac.resource-policies written to ${target}.${rest}\n`,
  )
}
