import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOutput } from '../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Blocker } from '../../harness/model/report.js'
import { blockersOf } from './literals.js'

interface Recorded {
  case: string
  variant: string
  jcmd: { stdout: string } | null
}

const folder = join(packageRoot, 'test', 'fixtures', 'transcripts')
const generations = [
  ['crac-21.0.4.jsonl', '21.0.4'],
  ['crac-21-current.jsonl', '21'],
  ['crac-25-java-side.jsonl', '25'],
] as const

function read(name: string): Recorded[] {
  const text = readFileSync(join(folder, name), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
}

const findingsOf = ({ jcmd }: Recorded) => parseOutput(jcmd?.stdout ?? '').findings
const ids = (blockers: Blocker[]) => blockers.map(({ id }) => id)

for (const [name, version] of generations) {
  const isThere = existsSync(join(folder, name))

  test(`the ids of ${name} are the same in every run of a program, whatever its ports, inodes and hashes are`, async ({
    skip,
  }) => {
    if (!isThere) skip(`${name} is not in ${folder}`)
    const runs = read(name).filter(({ variant }) => variant !== 'stacktraces')
    const programs = new Map<string, string[][]>()
    for (const run of runs) {
      const known = programs.get(run.case) ?? []
      programs.set(run.case, [...known, ids(await blockersOf(findingsOf(run), [], version))])
    }
    const repeated = [...programs.values()].filter((all) => all.length > 1 && all[0]?.length !== 0)
    expect(repeated.length).toBeGreaterThan(20)
    for (const [first, ...others] of repeated) for (const other of others) expect(other).toEqual(first)
  })

  test(`every finding of ${name} is in one blocker, and the JDK's own creation stacks name the program`, async ({
    skip,
  }) => {
    if (!isThere) skip(`${name} is not in ${folder}`)
    let owned = 0
    for (const run of read(name)) {
      const findings = findingsOf(run)
      const blockers = await blockersOf(findings, [], version)
      expect(blockers.flatMap((one) => one.findings).length, run.case).toBe(findings.length)
      for (const { owner, findings: own, summary } of blockers) {
        expect(summary).toMatch(/^[^\n]+$/)
        if (own.every(({ creationStack }) => creationStack.length === 0)) continue
        owned++
        expect(owner?.frame.split('.')[0], `${run.case}: ${summary}`).toMatch(/^[A-Z]\w+$/)
      }
    }
    expect(owned).toBeGreaterThan(30)
  })
}
