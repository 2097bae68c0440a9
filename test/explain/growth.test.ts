import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'
import { cli } from '../cli/command-line.js'
import { expectLinear } from '../support/growth.js'

const LONG = { timeout: 120_000 }
const frames = Array.from({ length: 1024 }, (_, i) => `\tat a.B.c(B.java:${i})\n`).join('')
const file = '\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: /'
const creation = '\tCaused by: java.lang.Exception: This file descriptor was created by m at epoch:1 here\n'

/** Each was worse than linear in time, or took many times its length of memory. */
const hostile: Record<string, { head: string; piece: (i: number) => string }> = {
  'findings that differ': { head: 'jdk.crac.CheckpointException\n', piece: (i) => `${file}${i}\n` },
  'one finding again and again': { head: 'jdk.crac.CheckpointException\n', piece: () => `${file}x\n` },
  'stacks that say "1024 more"': {
    head: `jdk.crac.CheckpointException\n${frames}`,
    piece: (i) => `${file}${i}\n\t\t... 1024 more\n${creation}\t\t... 1024 more\n`,
  },
  'the same with a frame of their own': {
    head: `jdk.crac.CheckpointException\n${frames}`,
    piece: (i) => `${file}${i}\n\t\tat d.E.f(E.java:${i})\n\t\t... 1024 more\n`,
  },
  'rows of the table': {
    head: '',
    piece: (i) => `JVM: FD fd=${i} type=fifo path="${i}" BAD: opened by application\n`,
  },
  answers: { head: '', piece: (i) => `${i}:\njdk.crac.CheckpointException\n${file}x\n` },
  'lines of CRIU': { head: '', piece: (i) => `Error (criu/cr-dump.c:${i}): something ${i}\n` },
}

const make = (kind: string, size: number): string => {
  const { head, piece } = hostile[kind]!
  return head + Array.from({ length: size }, (_, i) => piece(i)).join('')
}

test.for(Object.keys(hostile))('%s are explained in time with their number', LONG, async (kind) => {
  await expectLinear(
    (size) => {
      const text = make(kind, size)
      return () => explainTexts([{ name: 'x', text }])
    },
    [1000, 2000, 4000],
  )
})

/** The most memory that explaining a text has taken, in MB. */
async function memoryFor(text_: string): Promise<number> {
  const tell = "data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))"
  const child = spawn(process.execPath, ['--import', tell, cli, 'explain', '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  child.stdin.end(text_)
  const [told] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return Number(told.trim().split('\n').at(-1)) / 1024
}

test(
  'memory follows neither the number of findings nor the frames that they say to share',
  LONG,
  async () => {
    for (const [kind, size] of [
      ['findings that differ', 150_000],
      ['stacks that say "1024 more"', 40_000],
    ] as const) {
      const most = await memoryFor(make(kind, size))
      expect(most, kind).toBeGreaterThan(40)
      expect(most, kind).toBeLessThan(150)
    }
  },
)
