import type { CAC } from 'cac'
import { addAppOptions, text } from './shared-options.js'
import { asGiven } from '../arguments.js'
import type { RawOptions } from '../options.js'
import { profiled } from '../output/profiled.js'
import { timed } from '../../host/diagnosis/profile.js'

/** Lists what a JVM holds and who made it. */
export function declareTrace(cli: CAC): void {
  const command = cli
    .command('trace [...files]', 'List the live descriptors of a JVM and who made them; no checkpoint')
    .usage(
      'trace [options] -- java …\n  $ crac-preflight trace [options] --pid PID\n  $ crac-preflight trace   the JVMs that run here\n  $ crac-preflight trace --diff BEFORE.json AFTER.json',
    )
  addAppOptions(command)
  command
    .option(
      '--pid <pid>',
      'Trace a JVM that runs already, by its number or a word of its command line, with or without eBPF; what it had opened by then is listed as such',
      text,
    )
    .option(
      '--for <time>',
      'List after this time instead of when ready (with --pid: at Ctrl-C): 500ms, 30s, 2m',
      text,
    )
    .option(
      '--at-exit',
      'List what the app still holds when it ends; after --for, or at Ctrl-C, it is asked to end',
    )
    .option(
      '--watch <time>',
      'With --pid: print in such intervals which site has grown, until Ctrl-C or --for: 5s, 1m',
      text,
    )
    .option(
      '--diff <files>',
      'Compare two ledgers that --json has written: what is new, what is gone, by site',
      text,
    )
    .option('--by <what>', 'Count by owner, site, thread or kind, instead of listing each descriptor', text)
    .option('--stacks <lines>', 'Show this many lines of each different stack that made them', text)
    .option('--collapsed <file>', 'Write collapsed stacks, for flame graph tools; - is standard output', text)
    .option('--flame <file>', 'Write a flame graph as a self-contained page', text)
    .option('--speedscope <file>', 'Write a profile that speedscope opens; - is standard output', text)
    .option('--junit <file>', 'Write JUnit XML; - is standard output', text)
    .option('--html <file>', 'Write a self-contained page; - is standard output', text)
    .example("crac-preflight trace --ready 'log=/Started/' -- java -jar app.jar")
    .example('crac-preflight trace --pid 4711 --for 30s --by site --stacks 8')
    .example('crac-preflight trace --at-exit --flame leaks.html -- java -jar app.jar')
    .action(async (files: string[], options: RawOptions) =>
      profiled(options, async () =>
        (await timed('modules loaded', import('../trace/trace.js'))).trace(files.map(asGiven), options),
      ),
    )
}
