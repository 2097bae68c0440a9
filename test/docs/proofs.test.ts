import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CracVersion } from '../../harness/checkpoint/engine.js'
import { cracVersions } from '../../harness/checkpoint/engine.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { programs } from '../checkpoint/transcripts.js'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found ?? '')

const decisions = read('docs/crac/decisions.md')
const sections = new Map(
  decisions
    .split(/^### /m)
    .slice(1)
    .map((text) => [/^\d+\.\d+/.exec(text)?.[0] ?? text, text]),
)
const recorded = new Map(cracVersions.map((as) => [as, new Set(programs(as).map(({ name }) => name))]))
const recordedAnywhere = new Set([...recorded.values()].flatMap((names) => [...names]))

/** Programs whose recording shows no CRaC 25, by the table of generations.md. */
const notOf25 = all(
  read('docs/crac/generations.md').split('## What differs')[0] ?? '',
  /^\| ((?:`[A-Z]\w+`(?:, )?)+) +\|/gm,
).flatMap((names) => all(names, /`(\w+)`/g))

const rulesFile = 'probes/rehearsal/java/io/github/cracpreflight/rehearsal/rules/Rules.java'
/** The rows of the decision table as they are written. */
const rows = read(rulesFile)
  .split(/^ {8}(?=on\()/m)
  .slice(1)
  .map((text) => ({ row: text.split('\n')[0], text, proof: text.split('.proof(')[1] ?? '' }))

const generationsOf = (row: string): CracVersion[] => {
  const named = all(/\.in\(([^)]*)\)/.exec(row)?.[1] ?? '', /V([\d_]+)/g)
  return cracVersions.filter((as) => named.length === 0 || named.includes(as.replaceAll('.', '_')))
}

const sectionsOf = (proof: string): string[] =>
  [...proof.matchAll(/section\((\d+), (\d+)\)/g)].map(([, chapter, part]) => `${chapter}.${part}`)
const textOf = (proof: string): string =>
  sectionsOf(proof)
    .map((section) => sections.get(section))
    .join('\n')

test('each row of the decision table cites sections and sources that decisions.md has', () => {
  expect(rows.length).toBeGreaterThan(60)
  for (const { row, proof } of rows) {
    const cited = sectionsOf(proof)
    expect({ row, cited }).not.toEqual({ row, cited: [] })
    expect({ row, absent: cited.filter((section) => !sections.has(section)) }).toEqual({ row, absent: [] })
    const sources = all(proof, /source\("(\w+)"\)/g)
    const absent = sources.filter((name) => !textOf(proof).includes(`/${name}.java\``))
    expect({ row, absent }).toEqual({ row, absent: [] })
  }
})

test('each program of a row is recorded for all generations of the row, and stands in a section of the row', () => {
  for (const { row, text, proof } of rows) {
    const names = all(proof, /program\("(\w+)"\)/g)
    for (const as of generationsOf(text)) {
      const absent = names.filter((name) => recorded.get(as)?.has(name) !== true)
      expect({ row, as, absent }).toEqual({ row, as, absent: [] })
    }
    const said = textOf(proof)
    const unsaid = names.filter((name) => !said.includes(`\`${name}\``))
    expect({ row, unsaid }).toEqual({ row, unsaid: [] })
  }
})

test('no row of 25 is presented as certain by a recording that shows no CRaC 25', () => {
  expect(notOf25).toContain('VThreadSock')
  for (const { row, text, proof } of rows) {
    if (!generationsOf(text).includes('25') || text.includes('.unsure(')) continue
    const wrong = all(proof, /program\("(\w+)"\)/g).filter((name) => notOf25.includes(name))
    expect({ row, wrong }).toEqual({ row, wrong: [] })
  }
})

test('each section says how it is known, by files that have a name and programs that are recorded', () => {
  expect(sections.size).toBeGreaterThan(20)
  for (const [section, text] of sections) {
    const known = /^(?:Source|Recorded): `/m.test(text) || section === '6.1'
    expect({ section, known }).toEqual({ section, known: true })
    const names = all(/Recorded: (.*)$/m.exec(text)?.[1] ?? '', /`([A-Z]\w+)`/g)
    const absent = names.filter((name) => !recordedAnywhere.has(name))
    expect({ section, absent }).toEqual({ section, absent: [] })
  }
  const differing = all(read('docs/crac/generations.md'), /\| (\d+\.\d+) +\|$/gm)
  expect(differing.length).toBeGreaterThan(10)
  expect(differing.filter((section) => !sections.has(section))).toEqual([])
  expect(notOf25.filter((name) => !recordedAnywhere.has(name))).toEqual([])
})

test('each section and program that code, tests and docs cite exists', () => {
  const files = execFileSync('git', ['ls-files', 'probes', 'harness', 'test', 'docs', '*.md'], {
    cwd: packageRoot,
    encoding: 'utf8',
  })
  const citing = files
    .split('\n')
    .filter((file) => /\.(java|ts|c|h|md)$/.test(file) && file !== 'test/docs/proofs.test.ts')
    .map((file) => ({ file, text: read(file) }))
  let found = 0
  for (const { file, text } of citing) {
    const cited = all(text, /decisions\.md\)? (\d+\.\d+(?:, \d+\.\d+)*)/g).flatMap((list) => list.split(', '))
    const absent = [
      ...cited.filter((section) => !sections.has(section)),
      ...all(text, /recorded as ([A-Z]\w+)/g).filter((name) => !recordedAnywhere.has(name)),
    ]
    expect({ file, absent }).toEqual({ file, absent: [] })
    found += cited.length
  }
  expect(found).toBeGreaterThan(40)
})
