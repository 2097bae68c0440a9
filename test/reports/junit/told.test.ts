import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { toToldAnnotations } from '../../../reports/annotations.js'
import { toToldJunit } from '../../../reports/junit/told.js'
import type { Told } from '../../../reports/parts/told.js'

const fixtures = join(import.meta.dirname, '../../fixtures/reports')
const evil = ']]> <x> \u001b[2J \u202e ::error::x [[ATTACHMENT|/etc/passwd]]'

const told: Told[] = [
  {
    name: 'orders.log, answer 1 of 2',
    verdict: 'failed',
    headline: 'the checkpoint failed',
    matters: [
      {
        id: 'file:com.acme.Store.load',
        title: 'file a.txt',
        type: 'CheckpointOpenFileException',
        text: 'one\ntwo',
      },
      {
        id: 'file:com.acme.Store.load',
        title: 'file b.txt',
        type: 'CheckpointOpenFileException',
        text: 'three',
      },
    ],
  },
  { name: 'orders.log, answer 2 of 2', verdict: 'passed', headline: 'the checkpoint succeeded', matters: [] },
  { name: 'empty.log', verdict: 'unknown', headline: 'says nothing', matters: [] },
  {
    name: evil,
    verdict: 'failed',
    headline: evil,
    matters: [{ id: evil, title: evil, type: evil, text: evil }],
  },
]

test(
  'explained texts are JUnit that Java’s parser reads and the schema allows',
  { timeout: 60_000 },
  async () => {
    const { stdout } = await execa('java', [join(fixtures, 'ReadJunit.java'), join(fixtures, 'junit.xsd')], {
      input: toToldJunit(told),
      timeout: 50_000,
    })
    const cases = stdout
      .split('\n')
      .map((line) => line.split('\t').map((column) => Buffer.from(column, 'base64').toString('utf8')))
    expect(cases.slice(0, 5).map(([status, , name, message]) => [status, name, message])).toEqual([
      ['failure', 'outcome', 'the checkpoint failed'],
      ['failure', 'file:com.acme.Store.load', 'file a.txt'],
      ['failure', 'file:com.acme.Store.load (2)', 'file b.txt'],
      ['passed', 'outcome', ''],
      ['skipped', 'outcome', ''],
    ])
    expect(cases.flat().join('')).not.toMatch(/[\u001b\u202e]|\[\[ATTACHMENT/)
  },
)

test('explained texts are annotations, one for each thing that speaks against the checkpoint', () => {
  const lines = toToldAnnotations(told, 'github').trimEnd().split('\n')
  expect(lines.slice(0, 4)).toEqual([
    '::error title=orders.log%2C answer 1 of 2%3A file a.txt::one%0Atwo',
    '::error title=orders.log%2C answer 1 of 2%3A file b.txt::three',
    '::notice title=crac-preflight%3A orders.log%2C answer 2 of 2::the checkpoint succeeded',
    '::notice title=crac-preflight%3A empty.log::says nothing',
  ])
  expect(lines).toHaveLength(5)
  expect(toToldAnnotations(told.slice(0, 1), 'gitlab', new Date(0)).match(/section_start:0:/g)).toHaveLength(
    2,
  )
})
