import { execFileSync, spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { cracVersions } from '../../../harness/checkpoint/engine.js'
import { notificationPrograms } from './programs/notification-programs.js'
import { sources } from './programs/rehearsal-programs.js'
import { cases, messages, running, workshopFor } from './programs/rehearsed-app.js'

const workshop = workshopFor({ ...sources, ...notificationPrograms })

test.each([20, 50, 150, 300, 1000].flatMap((after) => cracVersions.map((as) => [after, as] as const)))(
  'what another thread closes %i ms after beforeCheckpoint has returned is closed too late, as %s',
  async (after, as) => {
    const answer = await running(workshop, `-Dafter=${after} ${cases} ClosesLater`, (app) => app.ask(), {
      as,
    })
    expect(answer.outcome).toBe('refused')
    expect(messages(answer)).toEqual([expect.stringMatching(/^Socket|ServerSocket|localport/)])
  },
)

test.each(cracVersions)('what is closed in time, or is garbage, is no finding, as %s', async (as) => {
  const answer = await running(workshop, `${cases} ClosesInTime`, (app) => app.ask(), { as })
  expect(answer).toMatchObject({ outcome: 'passed', findings: [] })
})

test('the answer is the same on one processor, at a quarter of the speed', { timeout: 240_000 }, async () => {
  const busy = ['-c', '0', process.execPath, '-e', 'for (;;);']
  const others = [1, 2, 3].map(() => spawn('taskset', busy, { stdio: 'ignore' }))
  try {
    const slowly = (program: string) =>
      running(workshop, program, (app) => {
        execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', '0', String(app.pid)])
        return app.ask()
      })
    expect((await slowly(`-Dafter=50 ${cases} ClosesLater`)).outcome).toBe('refused')
    expect((await slowly(`${cases} ClosesInTime`)).outcome).toBe('passed')
  } finally {
    for (const other of others) other.kill('SIGKILL')
  }
})

test('beside a debugger, which alone may hold threads, the answer says that they ran', async () => {
  const debugger_ = '-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0'
  const answer = await running(workshop, `${debugger_} -Dafter=1000 ${cases} ClosesLater`, (app) => app.ask())
  expect(answer.note).toMatch(/debugger \(jdwp\).* ran on while its descriptors were looked at/)
})
