import { SelBlocked } from './programs/rehearsal-programs.js'
import { expect } from 'vitest'
import { type CracVersion, cracVersions } from '../../../harness/checkpoint/engine.js'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'
import { jdk as anyJdk, jdkOf, type Jdk, jdks } from '../../support/java.js'
import { RehearsedApp, workshopFor } from './programs/rehearsed-app.js'
import { type Program, programs, resourceLines, type Verdict, verdict } from '../transcripts.js'
import { groupBy } from '../../../harness/model/lists.js'
import { needing } from '../../support/capability.js'

const features = [17, 21, 25] as const

/** Not played, with the reason. */
const left: Record<string, string> = {
  EngineFailsCriu317: 'it is about an engine that fails, and a rehearsal has no engine',
}

/** Recordings that do not show this generation (docs/crac/generations.md, "What the recording of 25 does not show"). */
const notOf25 = ['VThreadSock', 'VThreadSockClosed', 'PolSockReopen', 'PolSscReopen', 'PolPipeClose']

/** What a stock JDK can't know, with the reason; anything else that differs in verdict or classes fails the test. */
const unknowable: Record<string, (jdk: number, as: CracVersion) => string | null> = {
  EngineMissing: () => 'a stock JVM ignores engine options, so it starts where a CRaC JDK does not',
  VThreadSock: (jdk, as) =>
    jdk === 25 && as !== '25' ? 'JDK 25 starts more pollers for virtual threads than 21' : null,
}

interface Comparison {
  program: string
  verdict: boolean
  classes: boolean
  messages: boolean
  names: boolean
  why: string
  /** Recorded resource lines, those of them that the rehearsal does not print, and those that only it prints. */
  recorded: number
  absent: string[]
  added: string[]
}

const workshop = workshopFor({ SelBlocked })

for (const feature of features) {
  const jdk = jdks.find((candidate) => candidate.feature === feature) ?? anyJdk
  const name = `JDK ${feature} answers as the recorded CRaC JDKs did`
  needing(jdkOf(feature))(name, { timeout: 300_000 }, async () => {
    const said = await playAll(jdk)
    for (const as of cracVersions) compareAll(jdk, as, said.get(as) ?? [])
  })
}

const isPlayed = (jdk: Jdk, as: CracVersion, { name, main }: Program): boolean =>
  !(name in left) &&
  !(as === '25' && notOf25.includes(name)) &&
  !(main.startsWith('VThread') && jdk.feature < 21)

function compareAll(jdk: Jdk, as: CracVersion, said: Said[]): void {
  const results = said.map(({ program, rehearsed }) => compare(program, rehearsed, jdk, as))
  const agree = (what: 'verdict' | 'classes' | 'messages'): string =>
    `${what} ${results.filter((result) => result[what]).length}/${results.length}`
  const report = [
    `agreement JDK ${jdk.feature} as ${as}: ${agree('verdict')}, ${agree('classes')}, ${agree('messages')}`,
  ]
  for (const { program, why } of results.filter((result) => !result.messages))
    report.push(`  ${program}: ${why}`)
  const recorded = results.reduce((sum, result) => sum + result.recorded, 0)
  const absent = results.flatMap(({ program, absent }) => absent.map((line) => `${program}: ${line}`))
  const added = results.flatMap((result) => result.added)
  report.push(
    `  resource lines ${recorded - absent.length}/${recorded}, and ${added.length} that a CRaC JDK has hidden or closed`,
    ...absent.map((line) => `    not printed: ${line}`),
  )
  console.log(report.join('\n'))
  expect(results.length).toBeGreaterThan(60)
  const certain = results.filter((r) => (unknowable[r.program]?.(jdk.feature, as) ?? null) === null)
  expect(certain.filter(({ classes }) => !classes)).toEqual([])
  expect(absent).toEqual([])
  // What only the rehearsal prints is never held against the app.
  expect(certain.flatMap(({ added }) => added).filter((line) => line.includes('BAD:'))).toEqual([])
  expect(results.filter((result) => result.classes && !result.names)).toEqual([])
}

function compare(program: Program, rehearsed: Rehearsed, jdk: Jdk, as: CracVersion): Comparison {
  const same = (what: keyof Verdict): boolean =>
    program.answers.every((real) => JSON.stringify(real[what]) === JSON.stringify(rehearsed[what]))
  const passed = same('passed')
  const classes = passed && same('classes')
  const messages = classes && same('messages')
  const reason = unknowable[program.name]?.(jdk.feature, as) ?? null
  const difference = `CRaC JDK ${describe(program.answers[0])}, rehearsal ${describe(rehearsed)}`
  return {
    program: program.name,
    verdict: passed,
    classes,
    messages,
    names: classes && same('names'),
    why: reason ?? difference,
    ...compareLines(program.resources, rehearsed.output),
  }
}

function compareLines(
  recorded: string[] | null,
  output: string,
): Pick<Comparison, 'recorded' | 'absent' | 'added'> {
  if (recorded === null) return { recorded: 0, absent: [], added: [] }
  const left = resourceLines(output)
  const absent = recorded.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return { recorded: recorded.length, absent, added: left }
}

const describe = (answer: Verdict | undefined): string => JSON.stringify(answer?.messages)

const printing = '-XX:+UnlockDiagnosticVMOptions -XX:+CRaCPrintResourcesOnCheckpoint'

type Rehearsed = Verdict & { output: string }
/** A program of a generation. */
interface Part {
  as: CracVersion
  program: Program
}
interface Said extends Part {
  rehearsed: Rehearsed
}

/** A Resource runs, or what has leaked is collected: who asks such a program changes it. */
const isChangedByAsking = ({ name }: Program): boolean => /^(?:Res|Leak|Api|Twice)/.test(name)

/** What the rehearsal says of every program by the rules of every generation. */
async function playAll(jdk: Jdk): Promise<Map<CracVersion, Said[]>> {
  const parts = cracVersions.flatMap((as) =>
    programs(as)
      .filter((program) => isPlayed(jdk, as, program))
      .map((program) => ({ as, program })),
  )
  const said = await threeAtATime([...groupBy(parts, jvmOf).values()], (shared) => play(shared, jdk))
  return groupBy(said.flat(), ({ as }) => as)
}

/** What one JVM can be asked for: generations differ in the name of the engine's option, which means nothing to it. */
function jvmOf({ as, program }: Part): string {
  const same = `${program.name} ${program.arguments.replace('-XX:CRaCEngine=', '-XX:CREngine=')}`
  return isChangedByAsking(program) ? `${as} ${same}` : same
}

/** One JVM, asked once by the rules of each generation. */
async function play(parts: Part[], jdk: Jdk): Promise<Said[]> {
  const [first] = parts
  if (first === undefined) return []
  const { as, program } = first
  const { name } = program
  const how = { seven: name.startsWith('Inherited7'), merged: name === 'MergedOutput' }
  const app = RehearsedApp.start(workshop, jdk, as, `${printing} ${program.arguments}`, how)
  try {
    if (program.asksItself && name.startsWith('Api')) {
      await app.ended()
      const said = verdict(app.stdout.includes('restored'), parseOutput(app.stdout).findings, app.stdout)
      return [{ ...first, rehearsed: { ...said, output: app.stdout } }]
    }
    await app.ready()
    if (name.startsWith('Twice')) await app.ask()
    const said: Said[] = []
    for (const part of parts) {
      const { outcome, findings, output } = await app.ask(part.as)
      said.push({ ...part, rehearsed: { ...verdict(outcome === 'passed', findings, output), output } })
    }
    return said
  } finally {
    await app.stop()
  }
}

async function threeAtATime<In, Out>(inputs: In[], work: (input: In) => Promise<Out>): Promise<Out[]> {
  const outputs: Out[] = []
  const queue = inputs.entries()
  const worker = async (): Promise<void> => {
    for (const [i, input] of queue) outputs[i] = await work(input)
  }
  await Promise.all([worker(), worker(), worker()])
  return outputs
}
