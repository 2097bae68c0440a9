import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { remedyRules } from '../../../harness/blockers/remedies/rules.js'
import type { RemedyRule } from '../../../harness/blockers/remedies/rule.js'
import { explainTexts } from '../../../harness/explain/explain.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import type { Report } from '../../../harness/model/report.js'
import { preflight } from '../../../harness/preflight.js'
import { capability } from '../../support/capability.js'
import { jdk, jdks } from '../../support/java.js'
import { classPath } from './class-path.js'
import { startPeer } from './peers/peers.js'
import type { Program } from './programs/program.js'

/** What a program's remedy does: refused as it is, with these remedies, and what comes of following them. */
export interface Applied {
  refused: Report
  advice: { text: string; rule: RemedyRule | undefined }[]
  followed: Report
  /** What the app printed in the run that followed. */
  output: string
}

/** The set-up has built the programs. */
export const built = capability(
  'remedies',
  existsSync(join(packageRoot, 'build', 'stamps', 'remedies.json')),
  'the programs of test/fixtures/remedies are not built; scripts/setup/remedies.mjs does it',
)

/** Runs a program as it is, and again with its remedy followed. */
export async function apply(program: Program): Promise<Applied> {
  const peer = program.peer === undefined ? null : await startPeer(program.peer)
  const top = mkdtempSync(join(tmpdir(), 'remedy-'))
  const folder = join(top, program.in ?? '')
  mkdirSync(folder, { recursive: true })
  const { follows, files = {}, options = [] } = program
  const run = (mode: Mode, jdkOptions: readonly string[], files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const inFolder = jdkOptions.map((option) => option.replaceAll('{folder}', folder))
    return check(program, { mode, folder, options: inFolder, port: peer?.port ?? 0 })
  }
  try {
    const { report: refused } = await run('blocked', options, files)
    const texts = await advice(program, refused)
    const changed = typeof follows?.options === 'function' ? follows.options(refused) : follows?.options
    const followed = await run(
      follows === undefined ? 'followed' : (follows.mode ?? 'blocked'),
      changed ?? options,
      { ...files, ...follows?.files },
    )
    return {
      refused,
      advice: texts.map((text) => ({ text, rule: ruleOf(text) })),
      followed: followed.report,
      output: followed.output,
    }
  } finally {
    await peer?.stop()
    rmSync(top, { recursive: true, force: true })
  }
}

type Mode = 'blocked' | 'followed'

interface Run {
  mode: Mode
  folder: string
  options: string[]
  port: number
}

async function check(program: Program, { mode, folder, options, port }: Run) {
  const [module = '', pack = ''] = program.at.split('/')
  const java = jdks.find(({ feature }) => feature === (program.jdk ?? jdk.feature))?.java ?? jdk.java
  let output = ''
  const report = await preflight(
    {
      command: [
        java,
        ...options,
        '-cp',
        classPath(module, mode === 'blocked' ? program.lacks : undefined),
        `com.example.${pack}.${program.name}`,
        mode,
        String(port),
      ],
      cwd: folder,
      ready: { log: /^READY$/ },
    },
    {
      engine: 'rehearsal',
      cracVersion: program.cracVersion ?? '25',
      trace: program.trace ?? 'preload',
      beforeStop: (app) => {
        output = app.output
        return Promise.resolve()
      },
    },
  )
  return { report, output }
}

/** What is said about a refusal, by who is asked. */
async function advice({ reader }: Program, refused: Report): Promise<string[]> {
  if (reader === undefined) return refused.blockers.map(({ remedy }) => remedy.text)
  const explained = await explainTexts([{ name: 'checkpoint', text: refused.engine.output }])
  return explained.flatMap(({ blockers }) => blockers.map(({ remedy }) => remedy.text))
}

/** The rule that a remedy was made from. */
function ruleOf(text: string): RemedyRule | undefined {
  const possible = remedyRules.filter(
    (rule) => text.endsWith(`See ${rule.source}`) && patternOf(rule).test(text),
  )
  // Two rules may differ in what they say of a policy alone, or one may say more than another.
  possible.sort((a, b) => b.text.length - a.text.length)
  return possible.find(({ policy }) => policy !== null && text.includes(policy.text)) ?? possible[0]
}

function patternOf({ text }: RemedyRule): RegExp {
  const parts = text.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}`, 's')
}
