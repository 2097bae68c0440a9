import type { CAC } from 'cac'
import { addAnswerOptions, addVerbosity, text } from './shared-options.js'
import { asGiven } from '../arguments.js'
import type { RawOptions } from '../options.js'

/** Commands on reports that were written before: `diff` and `merge`. */
export function declareReports(cli: CAC): void {
  cli
    .command('diff [...files]', 'Say what is different between two reports that check --json has written')
    .option('--json <file>', 'Write the difference as JSON; - is standard output', text)
    .option('--html <file>', 'Write a self-contained page; - is standard output', text)
    .example('crac-preflight diff before.json after.json --html diff.html')
    .action(async (files: string[], options: RawOptions) =>
      (await import('../diff.js')).diff(files.map(asGiven), options),
    )
  const merge = cli.command('merge [...files]', 'Make one report of those that several machines have written')
  addAnswerOptions(merge)
  addVerbosity(merge)
  merge
    .option('--json <file>', 'Write the reports as one JSON; - is standard output', text)
    .example('crac-preflight merge report-*.json --html preflight.html --junit preflight.xml')
    .action(async (files: string[], options: RawOptions) =>
      (await import('../check/merge.js')).merge(files.map(asGiven), options),
    )
}
