import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { parseCmdline, readCmdline, readEnvironment } from '../../../harness/host/procfs/cmdline.js'

test('words end with a zero byte, and an empty one counts', () => {
  expect(parseCmdline('java\0-cp\0\0Main\0')).toEqual(['java', '-cp', '', 'Main'])
  expect(parseCmdline('java\0\0')).toEqual(['java', ''])
  expect(parseCmdline('')).toEqual([])
  // A process may write over it.
  expect(parseCmdline('nginx: worker process')).toEqual(['nginx: worker process'])
})

test('the words and the environment of a process are read as it was started', async () => {
  const child = spawn('/bin/sleep', ['30', '0'], { env: { CLASSPATH: 'x:y', EMPTY: '', A: 'b=c\nD=e' } })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  expect(await readCmdline(pid, localHost)).toEqual(['/bin/sleep', '30', '0'])
  expect([...(await readEnvironment(pid, localHost))]).toEqual([
    ['CLASSPATH', 'x:y'],
    ['EMPTY', ''],
    ['A', 'b=c\nD=e'],
  ])
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(await readCmdline(pid, localHost)).toEqual([])
})
