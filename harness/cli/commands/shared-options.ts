/** Options that several commands take, each declared once. */
import type { Command } from 'cac'
import { asGiven } from '../arguments.js'
import { formats } from '../output/formats.js'

/** Makes the parser give an option's value as it was written: no number, no flag. */
export const text = { type: [asGiven] }

/** Options of every command whose answers go to any output. */
export function addAnswerOptions(command: Command): void {
  for (const [option, { help }] of Object.entries(formats)) command.option(`--${option} <file>`, help, text)
  command.option(
    '--annotations <format>',
    'github, gitlab or auto: also print what CI shows in its own way',
    text,
  )
}

/** Options of every command that boots an app. */
export function addAppOptions(command: Command): void {
  command
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
    .option(
      '--kubernetes <template>',
      'Run the app in a pod of this template: a YAML file, or deployment/NAME; what stands after -- is its whole command',
      text,
    )
    .option('--container <name>', 'With --kubernetes: which container is the app (default: the first)', text)
    .option('--namespace <name>', 'With --kubernetes: where the pod runs (default: the context’s)', text)
    .option('--context <name>', 'With --kubernetes: which cluster of the kubeconfig', text)
    .option(
      '--port <port>',
      'With --image or --kubernetes: a port to be reached on 127.0.0.1; repeatable',
      text,
    )
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
    .option('--json <file>', 'Write the result as JSON; - is standard output', text)
    .option('--profile', 'Say on standard error, at the end, where the time of the check went')
  addMask(command)
}

/** The option of every command that prints what an app wrote. */
export function addMask(command: Command): void {
  command.option(
    '--mask <name>',
    'Mask values of this name, too, not only of passwords, tokens and the like; * is anything; repeatable',
    text,
  )
}

/** Options of every command that answers for many apps. */
export function addVerbosity(command: Command): void {
  command
    .option('--quiet', 'Say only what fails, in a few lines')
    .option('--verbose', 'Leave nothing out of the text')
}
