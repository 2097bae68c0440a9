import { readFileSync } from 'node:fs'
import type { CracVersion } from '../../harness/checkpoint/engine.js'
import { parseOutput } from '../../harness/checkpoint/output/output.js'
import { fixture } from '../support/java.js'

/** What a CRaC JDK answered to one program with one set of options. */
interface Transcript {
  case: string
  variant: string
  command: string[]
  jcmd: { stdout: string | null; stderr: string | null; exit: number | null }
  app: { stdout: string | null; stderr: string | null }
}

/** A program with its options, and every answer to it that is on record. */
export interface Program {
  name: string
  /** What follows `java` on the command line. */
  arguments: string
  /** The main class. */
  main: string
  /** The program asks for the checkpoint itself. */
  asksItself: boolean
  /** Something fails after the restore, which the JVM prints and survives; a check does not pass it. */
  failsAfterRestore: boolean
  answers: Verdict[]
  /** The lines of a recording with printed resources; null where there is none that goes to jcmd. */
  resources: string[] | null
}

/** What is compared: the verdict, and classes and messages as sorted multisets. */
export interface Verdict {
  passed: boolean
  classes: string[]
  messages: string[]
  /** Class names in full: each generation has its own packages. */
  names: string[]
}

const files: Record<CracVersion, string> = {
  '21.0.4': 'crac-21.0.4.jsonl',
  '21': 'crac-21-current.jsonl',
  '25': 'crac-25-java-side.jsonl',
}

/** Options that change what is printed beside the exceptions, and nothing else. */
const printing =
  /-Djdk\.crac\.collect-fd-stacktraces=true|-XX:\+UnlockDiagnosticVMOptions|-XX:\+CRa?C?PrintResourcesOnCheckpoint/g

/** Every recorded program of a generation. Recorded variants that only print more count as further answers to it. */
export function programs(generation: CracVersion): Program[] {
  const all = new Map<string, Program>()
  const lines = readFileSync(fixture('transcripts', files[generation]), 'utf8').trimEnd().split('\n')
  for (const line of lines) {
    const record = JSON.parse(line) as Transcript
    const program = all.get(record.case) ?? newProgram(record)
    all.set(record.case, program)
    program.answers.push(recordedVerdict(record))
    if (record.variant === 'print-resources' && record.jcmd.stdout !== null)
      program.resources = resourceLines(record.jcmd.stdout)
  }
  return [...all.values()]
}

function newProgram(record: Transcript): Program {
  const [command = ''] = record.command
  const given = command.replace(/^.*?\/bin\/java /, '').replace(/\s*\(.*\)$/, '')
  const words = given.replace(printing, '').trim().split(/\s+/)
  return {
    name: record.case,
    arguments: words.join(' '),
    main: words[words.indexOf('-cp') + 2] ?? '',
    asksItself: record.command.length === 1,
    failsAfterRestore: /\bRestoreException\b/.test(record.app.stderr ?? ''),
    answers: [],
    resources: null,
  }
}

/**
 * Printed resources as a sorted multiset. The attach sockets are left out: they belong to who asks; and the agent's own
 * prefix of the option that allows files stands for either generation's.
 */
export function resourceLines(text: string): string[] {
  return [...text.matchAll(/^JVM: FD fd=\d+ type=(\S+) path="(.*)" ((?:OK|BAD): .*)$/gm)]
    .filter(([, , , tail]) => tail !== 'OK: jcmd socket')
    .map(
      ([, type = '', path = '', tail = '']) =>
        `${type} ${shortened(path)} ${tail.replace('-XX:CRAllowed', '-XX:CRaCAllowed')}`,
    )
    .sort()
}

/** Without what depends on the machine: the JDK's folder, the log files, numbers. */
function shortened(path: string): string {
  return normalise(path)
    .replace(/^.*\/lib\/modules$/, 'MODULES')
    .replace(/^.*\.(out|err)$/, 'LOG.$1')
    .replace(/^.*\/cases\.jar$/, 'CASES')
}

function recordedVerdict({ jcmd, app }: Transcript): Verdict {
  if (jcmd.exit === 1) return verdict(false, [thrown(jcmd.stderr ?? '')], jcmd.stderr ?? '')
  const text = jcmd.stdout ?? app.stdout ?? ''
  const output = parseOutput(text)
  const passed = output.outcome === 'checkpoint-ok' || (app.stdout ?? '').includes('restored')
  return verdict(passed, output.findings, text)
}

function thrown(line: string): { type: string; message: string } {
  const [type = '', ...message] = line.trim().split(': ')
  return { type, message: message.join(': ') }
}

/** Simple class names, and messages without numbers, hashes and inodes: they differ from run to run. */
export function verdict(
  passed: boolean,
  findings: { type: string | null; message: string }[],
  text: string,
): Verdict {
  const classes = findings.map(({ type }) => (type ?? '').split(/[.$]/).at(-1) ?? '')
  return {
    passed,
    classes: [...classes].sort(),
    names: [...text.matchAll(/^(?:\tSuppressed: )?((?:[a-z]\w*\.)+\w[\w$]*)(?=:|$)/gm)]
      .map(([, name]) => name ?? '')
      .sort(),
    messages: findings
      .map(({ type, message }, i) => `${type?.split(/[.$]/).at(-1) ?? i}: ${normalise(message)}`)
      .sort(),
  }
}

function normalise(message: string): string {
  return message
    .replace(/\/\S*\/app(?=\/|\b)/g, 'APP')
    .replace(/localaddr=([0-9a-f]{4})[0-9a-f]{4}/g, 'localaddr=$1PORT')
    .replace(/\d{4}(?:_\d+)+/g, 'TIME')
    .replace(/@[0-9a-f]+/g, '@HASH')
    .replace(/\b\d+\b/g, 'N')
    .replace(/(channels: \[)(.*)(\])$/, (_all, open: string, list: string, close: string) =>
      [open, list.split(', ').sort().join(', '), close].join(''),
    )
}
