#!/usr/bin/env node
/** The command line: finds the command, loads no other, runs it, and turns its outcome into an exit code. */
import { cac, type Command } from 'cac'
import { asGiven, listed, unknownCommand, unmistakable, type KnownOptions } from './arguments.js'
import { laidOut } from './help.js'
import { INTERRUPTED, Interrupted } from './interruption.js'
import { camelCase, type RawOptions } from './options.js'
import { formats } from './output/formats.js'
import { askForColour } from './output/outputs.js'
import { keepOnBrokenStreams } from './output/write.js'
import { orTold, PreflightError, UsageError } from '../model/errors.js'
import { debugError } from '../host/diagnosis/debug.js'
import { addSpan, profile, startProfile, timed } from '../host/diagnosis/profile.js'
import { renderProfile } from './output/profile.js'
import { packageVersion } from '../host/package-root.js'
import { harmless } from '../../reports/parts/escape.js'

export const EXIT = { usage: 2, failed: 3, interrupted: INTERRUPTED } as const

const text = { type: [asGiven] }

/** Options of every command whose answers go to any output. */
function withAnswerOptions(command: Command): Command {
  for (const [option, { help }] of Object.entries(formats)) command.option(`--${option} <file>`, help, text)
  return command.option(
    '--annotations <format>',
    'github, gitlab or auto: also print what CI shows in its own way',
    text,
  )
}

/** Options of every command that boots an app. */
function withAppOptions(command: Command): Command {
  return command
    .option('--name <name>', 'What the report calls the app', text)
    .option(
      '--ready <condition>',
      'log=/REGEX/, http=URL, port=N, seconds=N, or spring, quarkus, micronaut …; default: guessed, and said',
      text,
    )
    .option('--timeout <seconds>', 'How long the app may take to be ready (default: 60)', text)
    .option(
      '--image <image>',
      'Run the app in a container of this image; arguments after -- replace its CMD',
      text,
    )
    .option('--port <port>', 'With --image: a port to be reached on 127.0.0.1; repeatable', text)
    .option('--user <user>', 'With --image: who runs the app', text)
    .option('--bind <mount>', 'With --image: /HOST/PATH:/PATH[:ro]; repeatable', text)
    .option('--tmpfs <mount>', 'With --image: /PATH[:options], a folder in memory; repeatable', text)
    .option('--network <name>', 'With --image: the network to join', text)
    .option('--label <K=V>', 'With --image: a label of the container; repeatable', text)
    .option('--memory <bytes>', 'With --image: how much the container may use, like 512m', text)
    .option('--read-only', 'With --image: a read-only root file system')
    .option('--init', 'With --image: an init process as pid 1')
    .option('--pull <policy>', 'With --image: missing or always (default: missing)', text)
    .option(
      '--main-class <word>',
      'Which JVM, where the app starts several: a word of its command line',
      text,
    )
    .option('--cwd <folder>', 'Working folder of the app', text)
    .option('--env <K=V>', 'Environment of the app; repeatable', text)
    .option('--jdk-option <option>', 'JVM option, put before the app’s own; repeatable', text)
    .option('--trace <mode>', 'auto, ebpf, preload, both or none (default: auto)', text)
    .option('--boot-stacks', 'Also take native stacks of what the JVM opens before its agents are up')
    .option(
      '--max-output <bytes>',
      'How much of the app’s output is kept, the newest, like 16m (default: 64m)',
      text,
    )
    .option(
      '--mask <name>',
      'Mask values of this name, too, not only of passwords, tokens and the like; * is anything; repeatable',
      text,
    )
    .option('--json <file>', 'Write the result as JSON; - is standard output', text)
    .option('--profile', 'Say on standard error, at the end, where the time of the check went')
}

/** With `--profile` says in the end where the time went, however the command has ended. */
async function profiled(options: RawOptions, command: () => Promise<number>): Promise<number> {
  if (options.profile !== true) return await command()
  startProfile()
  addSpan('Node started', 0)
  try {
    return await command()
  } finally {
    process.stderr.write(renderProfile(profile(), performance.now()))
  }
}

const cli = cac('crac-preflight')
withAnswerOptions(
  withAppOptions(
    cli.command('check [...apps]', 'Boot an app, ask for a checkpoint, say what speaks against it'),
  )
    .usage(
      'check [options] -- java …\n  $ crac-preflight check [options] [APP …]   the apps of crac-preflight.yaml, or some of them',
    )
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
    .option(
      '--restore-budget <time>',
      'Fail where the restore takes longer: 300ms, 2s; means --restore',
      text,
    ),
)
  .option(
    '--otlp <url>',
    'Send a trace, metrics and logs to this OTLP receiver; env: to that of OTEL_EXPORTER_OTLP_*',
    text,
  )
  .option('--report-folder <folder>', 'Write report.json, junit.xml, app.log and checkpoint.txt there', text)
  .option('--file <file>', 'The file with the apps (default: the nearest crac-preflight.yaml upwards)', text)
  .option('--jobs <n>', 'How many apps of a file are checked at a time (default: 1)', text)
  .option('--baseline <file>', 'Blockers that are accepted, by app: only others fail', text)
  .option('--update-baseline', 'Write what is found into the baseline, and leave out what is gone')
  .option('--accept <id>', 'A blocker that fails nobody: id, its beginning, or a glob; repeatable', text)
  .option('--quiet', 'Say only what fails, in a few lines')
  .option('--verbose', 'Leave nothing out of the text')
  .option('--strict', 'Accepted blockers that are gone fail, too')
  .example(
    "crac-preflight check --ready 'log=/Started/' --warm-up 'GET http://localhost:8080/' -- java -jar app.jar",
  )
  .example('crac-preflight init && crac-preflight check')
  .action(async (apps: string[], options: RawOptions) =>
    profiled(options, async () =>
      (await timed('modules loaded', import('./check/check.js'))).check(apps.map(asGiven), options),
    ),
  )
withAppOptions(
  cli.command('trace [...files]', 'List the live descriptors of a JVM and who made them; no checkpoint'),
)
  .usage(
    'trace [options] -- java …\n  $ crac-preflight trace [options] --pid PID\n  $ crac-preflight trace   the JVMs that run here\n  $ crac-preflight trace --diff BEFORE.json AFTER.json',
  )
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
      (await timed('modules loaded', import('./trace/trace.js'))).trace(files.map(asGiven), options),
    ),
  )
withAnswerOptions(
  cli
    .command('explain [...files]', 'Say what CRaC output that you already have means; - is standard input')
    .option('--json', 'Print one JSON object per file')
    .option('--answers', 'With --json: one object per answer, where a text holds several'),
)
  .option(
    '--mask <name>',
    'Mask values of this name, too, not only of passwords, tokens and the like; * is anything; repeatable',
    text,
  )
  .option('--policies <file>', 'Write a new file of resource policies for what they can handle', text)
  .option('--crac-version <version>', 'Whose rules to follow: 21.0.4, 21 or 25 (default: not known)', text)
  .example('jcmd app.jar JDK.checkpoint | crac-preflight explain -')
  .action(async (files: string[], options: RawOptions) =>
    (await import('./explain.js')).explainFiles(files.map(asGiven), options),
  )
cli
  .command('diff [...files]', 'Say what is different between two reports that check --json has written')
  .option('--json <file>', 'Write the difference as JSON; - is standard output', text)
  .option('--html <file>', 'Write a self-contained page; - is standard output', text)
  .example('crac-preflight diff before.json after.json --html diff.html')
  .action(async (files: string[], options: RawOptions) =>
    (await import('./diff.js')).diff(files.map(asGiven), options),
  )
cli
  .command('merge [...files]', 'Make one report of those that several machines have written')
  .option('--json <file>', 'Write the reports as one JSON; - is standard output', text)
  .option('--junit <file>', 'Write JUnit XML; - is standard output', text)
  .option('--html <file>', 'Write a self-contained page; - is standard output', text)
  .option('--sarif <file>', 'Write SARIF 2.1.0, for code scanning; - is standard output', text)
  .option('--code-quality <file>', 'Write GitLab’s code quality report; - is standard output', text)
  .option('--annotations <format>', 'github, gitlab or auto: also print what CI shows in its own way', text)
  .option('--quiet', 'Say only what fails, in a few lines')
  .option('--verbose', 'Leave nothing out of the text')
  .example('crac-preflight merge report-*.json --html preflight.html --junit preflight.xml')
  .action(async (files: string[], options: RawOptions) =>
    (await import('./check/merge.js')).merge(files.map(asGiven), options),
  )
cli
  .command('init', 'Write a crac-preflight.yaml for what is built here; never over one that is there')
  .example('crac-preflight init && crac-preflight check')
  .action(async () => (await import('./init.js')).init())
cli
  .command('doctor', 'Say what this machine can do, and how to get what is missing')
  .option('--json', 'Print it as one JSON object')
  .example('crac-preflight doctor')
  .action(async (options: RawOptions) =>
    (await import('./doctor.js')).doctor({ json: options.json === true }),
  )
cli.option('--no-color', 'Write no colours; --color writes them to files and pipes, too')
cli.help((sections) => laidOut(sections))
cli.version(packageVersion())

/** The options of the command that is named, or of all where none is. */
function knownOptions(argv: string[]): KnownOptions {
  const own = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  const named = own.flatMap((word) => cli.commands.filter((command) => command.isMatched(word))).slice(0, 1)
  const options = (named.length > 0 ? named : cli.commands).flatMap((command) => command.options)
  const texts = new Set(options.filter(({ required }) => required === true).flatMap(({ names }) => names))
  const spelt = [...options, ...cli.globalCommand.options].flatMap(({ rawName, negated }) =>
    [...rawName.matchAll(/--([\w-]+)/g)].flatMap(([, word = '']) =>
      negated ? [word, word.replace('no-', '')] : [word],
    ),
  )
  return {
    names: named.length > 0 ? spelt : null,
    takesText: (name) => texts.has(camelCase(name)),
  }
}

const commandNames = (): string[] => cli.commands.map(({ name }) => name)

const isOfColour = (word: string): boolean => word === '--color' || word === '--no-color'

async function main(argv: string[]): Promise<number> {
  const words = unmistakable(argv, knownOptions(argv))
  const { options } = cli.parse([...process.argv.slice(0, 2), ...words], { run: false })
  if (typeof options.color === 'boolean' && words.some(isOfColour)) askForColour(options.color)
  // The parser gives it to every command, asked for or not.
  delete options.color
  // The parser itself has written the help, and the version where no command is named.
  if (options.help === true) return 0
  if (options.version === true) {
    if (cli.matchedCommandName !== undefined) cli.outputVersion()
    return 0
  }
  if (!cli.matchedCommand) {
    const [unknown] = cli.args
    if (unknown === undefined) cli.outputHelp()
    throw unknown === undefined
      ? new UsageError(`Name a command: ${listed(commandNames())}.`)
      : unknownCommand(unknown, commandNames())
  }
  return (await cli.runMatchedCommand()) as number
}

keepOnBrokenStreams()
// Whatever ends this process before there is an outcome must not look like one.
process.exitCode = EXIT.failed
process.on('uncaughtException', (error) => {
  const told = orTold(error)
  const text = told instanceof PreflightError ? told.message : (error.stack ?? error.message)
  process.stderr.write(`crac-preflight: ${harmless(text)}\n`)
  process.exit(EXIT.failed)
})
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (caught: unknown) => {
    const error = orTold(caught)
    if (error instanceof Interrupted) {
      process.stderr.write(`crac-preflight: ${error.message} Everything it started has been stopped.\n`)
      // A request to the engine may be under way still: a pull takes as long as it takes.
      process.exit(EXIT.interrupted)
    }
    debugError(caught)
    const expected = error instanceof PreflightError || (error instanceof Error && error.name === 'CACError')
    const told = expected ? error.message : String((error as Error).stack ?? error)
    process.stderr.write(`crac-preflight: ${harmless(told)}\n`)
    process.exitCode =
      !expected || (error instanceof PreflightError && !(error instanceof UsageError))
        ? EXIT.failed
        : EXIT.usage
  },
)
