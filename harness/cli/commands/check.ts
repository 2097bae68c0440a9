import type { CAC } from 'cac'
import { addAnswerOptions, addAppOptions, addVerbosity, text } from './shared-options.js'
import { asGiven } from '../arguments.js'
import type { RawOptions } from '../options.js'
import { profiled } from '../output/profiled.js'
import { timed } from '../../host/diagnosis/profile.js'

/** Boots an app, or those of a file, and says what speaks against a checkpoint. */
export function declareCheck(cli: CAC): void {
  const command = cli
    .command('check [...apps]', 'Boot an app, ask for a checkpoint, say what speaks against it')
    .usage(
      'check [options] -- java …\n  $ crac-preflight check [options] [APP …]   the apps of crac-preflight.yaml, or some of them',
    )
  addAppOptions(command)
  command
    .option('--engine <engine>', 'crac, rehearsal or auto (default: auto: crac on a CRaC JDK)', text)
    .option(
      '--crac-version <version>',
      'Whose rules a rehearsal follows: 21.0.4, 21 or 25 (default: 25)',
      text,
    )
    .option(
      '--warm-up <request>',
      "Request between ready and checkpoint: 'GET URL', 'GET URL 200,302 *50', @FILE; repeatable",
      text,
    )
    .option('--checkpoint-timeout <seconds>', 'How long the checkpoint may take (default: 60)', text)
    .option('--restore', 'Make the checkpoint, end the app, restore it and ask it again; needs CRIU')
    .option('--restore-once', 'Restore it once only, which is quicker; means --restore')
    .option(
      '--restore-budget <time>',
      'Fail where the restore takes longer: 300ms, 2s; means --restore',
      text,
    )
    .option('--keep-image <folder>', 'Keep the image, with what brings it back; means --restore', text)
  addAnswerOptions(command)
  command
    .option(
      '--otlp <url>',
      'Send a trace, metrics and logs to this OTLP receiver; env: to that of OTEL_EXPORTER_OTLP_*',
      text,
    )
    .option(
      '--report-folder <folder>',
      'Write report.json, junit.xml, app.log and checkpoint.txt there',
      text,
    )
    .option(
      '--file <file>',
      'The file with the apps (default: the nearest crac-preflight.yaml upwards)',
      text,
    )
    .option('--jobs <n>', 'How many apps of a file are checked at a time (default: 1)', text)
    .option('--baseline <file>', 'Blockers that are accepted, by app: only others fail', text)
    .option('--update-baseline', 'Write what is found into the baseline, and leave out what is gone')
    .option('--accept <id>', 'A blocker that fails nobody: id, its beginning, or a glob; repeatable', text)
    .option('--strict', 'Accepted blockers that are gone fail, too')
  addVerbosity(command)
  command
    .example(
      "crac-preflight check --ready 'log=/Started/' --warm-up 'GET http://localhost:8080/' -- java -jar app.jar",
    )
    .example('crac-preflight init && crac-preflight check')
    .action(async (apps: string[], options: RawOptions) =>
      profiled(options, async () =>
        (await timed('modules loaded', import('../check/check.js'))).check(apps.map(asGiven), options),
      ),
    )
}
