import type { CAC } from 'cac'
import type { RawOptions } from '../options.js'

/** Commands that begin: `init` and `doctor`. */
export function declareSetUp(cli: CAC): void {
  cli
    .command('init', 'Write a crac-preflight.yaml for what is built here; never over one that is there')
    .example('crac-preflight init && crac-preflight check')
    .action(async () => (await import('../init.js')).init())
  cli
    .command('doctor', 'Say what this machine can do, and how to get what is missing')
    .option('--json', 'Print it as one JSON object')
    .example('crac-preflight doctor')
    .action(async (options: RawOptions) =>
      (await import('../doctor.js')).doctor({ json: options.json === true }),
    )
}
