import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { printable } from '../../reports/parts/terminal-text.js'
import { UsageError } from '../model/errors.js'
import type { ExplainedText } from '../explain/explain.js'
import { toMatters } from '../explain/matters.js'
import { policyFile } from '../explain/policy-file.js'
import { fileName } from '../explain/sections.js'
import { STANDARD_STREAM } from './options.js'
import { makeFolder } from './outputs.js'

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
    )
  })
}

/** Writes the rules that help, and says on standard error what came of it. */
export async function writePolicies(
  path: string,
  texts: readonly ExplainedText[],
  cracVersion: string | null,
): Promise<void> {
  const matters = texts.flatMap(({ whole }) => toMatters(whole, cracVersion))
  const names = texts.map(({ whole }) => fileName(whole.file)).join(', ')
  const { text, rules, unhandled } = policyFile(matters, names)
  const target = path === STANDARD_STREAM ? 'standard output' : path
  const rest = unhandled.map((title) => `\n  no rule handles: ${printable(title)}`).join('')
  if (text === null) {
    const why =
      matters.length === 0 ? 'Nothing was found that would need one.' : 'The remedies above say what does.'
    process.stderr.write(`crac-preflight: no policy helps, and ${target} is not written. ${why}${rest}\n`)
    return
  }
  if (path === STANDARD_STREAM) process.stdout.write(text)
  else
    await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
      throw new UsageError(
        `--policies can't be "${path}": ${error instanceof Error ? error.message : String(error)}. Name a new file in a folder that you may write to.`,
      )
    })
  process.stderr.write(
    `crac-preflight: ${rules} ${rules === 1 ? 'rule' : 'rules'} for -Djdk.crac.resource-policies written to ${target}.${rest}\n`,
  )
}
