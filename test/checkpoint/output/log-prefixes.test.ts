import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { wrappers } from './wrappers.js'

const fixture = (name: string) =>
  readFileSync(join(packageRoot, 'test', 'fixtures', 'output', name), 'utf8').trimEnd()
const names = ['refused.txt', 'engine-failed.txt', 'passed.txt', 'not-restored.txt']

describe.each(names)('%s', (name) => {
  const text = fixture(name)
  const plain = parseOutput(text)

  test.each(Object.entries(wrappers))('reads the same inside %s', (_, wrap) => {
    expect(parseOutput(wrap(text.split('\n')).join('\n'))).toEqual(plain)
  })
})

test('the plain text reads right, so that "the same" means something', () => {
  expect(names.map((name) => parseOutput(fixture(name)).outcome)).toEqual([
    'checkpoint-failed',
    'checkpoint-failed',
    'checkpoint-ok',
    'restore-failed',
  ])
  const refused = parseOutput(fixture('refused.txt'))
  expect(
    refused.findings.map(({ type, fd, resource, creationStack }) => [
      type,
      fd,
      resource,
      creationStack.length,
    ]),
  ).toEqual([
    ['IllegalStateException', null, 'other', 0],
    ['CheckpointOpenFileException', null, 'file', 5],
    ['CheckpointOpenSocketException', null, 'socket', 0],
    ['CheckpointOpenSocketException', 7, 'socket', 0],
  ])
  expect(refused.resources.map(({ fd, ok }) => [fd, ok])).toEqual([
    [0, true],
    [3, true],
    [7, false],
    [9, true],
  ])
  expect(refused.resources[3]?.path).toBe('/srv/app/a file.txt (deleted)')
})

test('a prefix that nobody knows hides no descriptor and no creation stack', () => {
  const text = fixture('refused.txt')
  const wrapped = text
    .split('\n')
    .map((line) => `gate/7: ${line}`)
    .join('\n')
  const strip = (output: ReturnType<typeof parseOutput>) =>
    output.findings.filter(({ type }) => type?.startsWith('CheckpointOpen'))
  expect(strip(parseOutput(wrapped))).toEqual(strip(parseOutput(text)))
})

test('log records between the lines of a trace change nothing', () => {
  const text = fixture('refused.txt')
  const noise = '2026-11-22T16:23:38.123Z  INFO 8 --- [main] c.a.Orders : order 17 at the door (of 3 more)'
  const mixed = text
    .split('\n')
    .flatMap((line) => [line, noise, 'Nov 22, 2026 4:23:38 PM jdk.internal.crac.LoggerContainer info'])
  expect(parseOutput(mixed.join('\n'))).toEqual(parseOutput(text))
})

test('two JVMs that write line by line in turns keep their own traces', () => {
  const one = fixture('refused.txt').split('\n')
  const other = one.map((line) => line.replaceAll('acme', 'beta'))
  const woven = one.flatMap((line, i) => [`a-1 | ${line}`, `b-1 | ${other[i] ?? ''}`])
  const read = parseOutput(woven.join('\n'))
  const expected = [...parseOutput(one.join('\n')).findings, ...parseOutput(other.join('\n')).findings]
  expect(read.findings).toHaveLength(expected.length)
  expect(read.findings).toEqual(expect.arrayContaining(expected))
})

test('a text that lost its head or its tail still yields what is left of it', () => {
  const lines = fixture('refused.txt').split('\n')
  const from = lines.findIndex((line) => line.includes('CheckpointOpenFileException'))
  expect(parseOutput(lines.slice(from).join('\n'))).toMatchObject({
    outcome: 'checkpoint-failed',
    top: null,
    findings: [{ type: 'CheckpointOpenFileException' }, { fd: null }, { fd: 7 }],
  })
  expect(parseOutput(lines.slice(0, from + 2).join('\n')).findings).toHaveLength(2)
  expect(parseOutput('\tSuppressed: jdk.internal.crac.mirror.impl.CheckpointOpenSock')).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ type: 'CheckpointOpenSocketException', message: '' }],
  })
})

test('an app exception at the head of a cut text is told by its frames', () => {
  const lines = fixture('refused.txt').split('\n')
  const from = lines.findIndex((line) => line.includes('IllegalStateException'))
  expect(parseOutput(lines.slice(from).join('\n')).findings[0]).toMatchObject({
    type: 'IllegalStateException',
    message: 'the cache is busy',
  })
})

test('the table alone speaks where the exceptions are cut off', () => {
  const table = fixture('refused.txt').split('\n').slice(0, 5).join('\n')
  expect(parseOutput(table)).toMatchObject({
    outcome: 'checkpoint-failed',
    findings: [{ type: null, message: expect.stringContaining('FD fd=7 type=socket') as string, fd: 7 }],
  })
})
