import { expect, test } from 'vitest'
import { OutputParser, parseOutput } from '../../../harness/checkpoint/output/output.js'

const MEGABYTE = 1 << 20
const TEN = 10 * MEGABYTE

/** Each would take hours with one quadratic step. The test's time-out is the only clock. */
const hostile: Record<string, string> = {
  'one letter': 'x',
  blanks: ' ',
  tabs: '\t',
  brackets: '[',
  'open and close': '[] ',
  parentheses: '(a) ',
  quotes: '"',
  backslashes: '\\',
  'escaped line ends': '\\n\\t',
  'escaped quotes': '="\\"',
  'escape characters': '\u001b]',
  colours: '\u001b[31m',
  NUL: '\u0000',
  digits: '1',
  pids: '1 ',
  names: 'a.b.',
  dots: '.',
  dashes: 'a - ',
  colons: 'a : ',
  pipes: 'a | ',
  clocks: '16:23:38 ',
  suppressed: 'Suppressed: ',
  'suppressed classes': 'Suppressed: jdk.crac.impl.CheckpointOpenFileException: ',
  exceptions: 'java.lang.Exception: ',
  aggregates: ': jdk.crac.CheckpointException',
  frames: 'at a.b(C.java:1) ',
  sockets: 'Socket[addr=',
  channels: 'Channel',
  'criu errors': 'Error (criu/a.c:1): ',
  warp: 'warp: checkpoint ',
  liberty: 'CWWKC0453E: ',
  table: 'JVM: FD fd=1 type=a path="" OK: ',
  creations: 'This file descriptor was created by a at epoch:1 ',
  JSON: '{"a":"b',
  killed: '1 Killed  ',
}
const starts = [
  '',
  '\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: ',
  '\tSuppressed: jdk.crac.impl.CheckpointOpenResourceException: FileDescriptor 5: ',
  'Caused by: java.lang.Exception: ',
  'at ',
  '{"stack_trace":"',
  'JVM: FD fd=5 type=socket path="',
  'JVM: ',
  'warp: ',
  'Error (criu/cr-dump.c:1): ',
]

test.each(Object.entries(hostile))('a line of 10 MB of %s hurts nobody', { timeout: 120_000 }, (_, piece) => {
  for (const start of starts) {
    // What is kept of a line is a megabyte; that the rest is dropped shows once.
    const size = start === '' ? TEN : 1.2 * MEGABYTE
    const repeated = piece.repeat(Math.ceil(size / piece.length))
    const text = `jdk.crac.CheckpointException\n${start}${repeated}\n\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: last.txt\n`
    expect(parseOutput(text).findings.at(-1)).toMatchObject({ message: 'last.txt' })
  }
})

test('memory does not follow the input', () => {
  const parser = new OutputParser()
  const noise =
    '2026-11-22T16:23:38.123Z  INFO 8 --- [main] c.a.Orders : order 17 at the checkpoint (restored)\n'.repeat(
      600,
    )
  const megabyte = noise + 'y'.repeat(MEGABYTE / 2)
  parser.push(
    'jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: first.txt\n',
  )
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 200; i++) parser.push(megabyte)
  const grown = process.memoryUsage().heapUsed - before
  expect(parser.end().findings).toMatchObject([{ message: 'first.txt' }])
  expect(grown).toBeLessThan(100 * MEGABYTE)
})
