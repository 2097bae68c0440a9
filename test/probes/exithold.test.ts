import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'

test('what only begins with the number of a process is no process', () => {
  const victim = spawn('sleep', ['60'])
  try {
    for (const word of [`${victim.pid}x`, ` ${victim.pid}`, '0', '-1', '']) {
      const run = spawnSync(join(probesFolder, 'exithold'), ['--pid', word], { encoding: 'utf8', input: '' })
      expect([run.status, run.stdout, run.stderr]).toEqual([2, '', 'usage: exithold --pid PID\n'])
    }
  } finally {
    victim.kill('SIGKILL')
  }
})
