#!/usr/bin/env node
/** The command line: finds the command, loads no other, runs it, and turns its outcome into an exit code. */
import { cac } from 'cac'
import { listed, unknownCommand, unmistakable, withoutHelpCommand, type KnownOptions } from './arguments.js'
import { declareCheck } from './commands/check.js'
import { declareExplain } from './commands/explain.js'
import { declareReports } from './commands/reports.js'
import { declareSetUp } from './commands/set-up.js'
import { declareTrace } from './commands/trace.js'
import { laidOut } from './help.js'
import { INTERRUPTED, Interrupted } from './interruption.js'
import { camelCase } from './options.js'
import { askForColour } from './output/outputs.js'
import { keepOnBrokenStreams } from './output/write.js'
import { toReportedError, PreflightError, UsageError } from '../model/errors.js'
import { debugError } from '../host/diagnosis/debug.js'
import { packageVersion } from '../host/package-root.js'
import { harmless } from '../../reports/parts/escape.js'

export const EXIT = { usage: 2, failed: 3, interrupted: INTERRUPTED } as const

const cli = cac('crac-preflight')
for (const declare of [declareCheck, declareTrace, declareExplain, declareReports, declareSetUp]) declare(cli)
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
  const told = toReportedError(error)
  const text = told instanceof PreflightError ? told.message : (error.stack ?? error.message)
  process.stderr.write(`crac-preflight: ${harmless(text)}\n`)
  process.exit(EXIT.failed)
})
main(withoutHelpCommand(process.argv.slice(2))).then(
  (code) => {
    process.exitCode = code
  },
  (caught: unknown) => {
    const error = toReportedError(caught)
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
