import type { CAC } from 'cac'
import { addAnswerOptions, addMask, text } from './shared-options.js'
import { asGiven } from '../arguments.js'
import type { RawOptions } from '../options.js'

/** Says what CRaC output means. */
export function declareExplain(cli: CAC): void {
  const command = cli
    .command('explain [...files]', 'Say what CRaC output that you already have means; - is standard input')
    .option('--json', 'Print one JSON object per file')
    .option('--answers', 'With --json: one object per answer, where a text holds several')
  addAnswerOptions(command)
  addMask(command)
  command
    .option('--policies <file>', 'Write a new file of resource policies for what they can handle', text)
    .option('--crac-version <version>', 'Whose rules to follow: 21.0.4, 21 or 25 (default: not known)', text)
    .example('jcmd app.jar JDK.checkpoint | crac-preflight explain -')
    .action(async (files: string[], options: RawOptions) =>
      (await import('../explain.js')).explainFiles(files.map(asGiven), options),
    )
}
