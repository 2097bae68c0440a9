import { afterAll, expect } from 'vitest'
import { preflight } from '../harness/preflight.js'
import { openWorkshop } from './checkpoint/rehearsal/programs/rehearsed-app.js'
import { SelBlocked } from './checkpoint/rehearsal/programs/rehearsal-programs.js'
import { programs } from './checkpoint/transcripts.js'
import { bpf } from './support/bpf.js'
import { jdk } from './support/java.js'
import { needing } from './support/capability.js'

/**
 * What can't be asked of a stock JDK 17: its engine options are ignored, it has no virtual threads, nobody gives it a
 * descriptor 7. PolSscReopen and PolPipeClose are no behaviour of CRaC 25: the JDK that recorded them lacks that code.
 */
const NOT_HERE = new Set([
  'EngineMissing',
  'VThreadSock',
  'Inherited7Ignored',
  'PolSscReopen',
  'PolPipeClose',
])

const workshop = openWorkshop({ SelBlocked })
afterAll(() => {
  workshop.remove()
})

needing(bpf).concurrent.for(programs('25').filter(({ name }) => !NOT_HERE.has(name)))(
  '$name: the verdict is the recorded one, and what its own code opened is owned by its own class',
  async ({ arguments: words, main, answers, failsAfterRestore }) => {
    const args = words
      .replaceAll('/app/cases.jar', workshop.jar)
      .replaceAll('/srv/app', workshop.folder)
      .split(' ')
    const report = await preflight({
      command: [jdk.java, ...args],
      cwd: workshop.folder,
      ready: { log: /READY/ },
      timeoutMs: 20_000,
    })
    const recorded = answers[0]
    if (!recorded) throw new Error('There is no recorded answer.')
    expect(report.failure).toBe(null)
    expect(report.verdict).toBe(recorded.passed && !failsAfterRestore ? 'checkpointable' : 'blocked')
    const isOwn = (name: string) => name === main || name.startsWith(`${main}$`)
    for (const blocker of report.blockers) {
      const made = report.descriptors.filter(({ fd }) => blocker.descriptors.includes(fd))
      const own = made.some(({ origin, bound }) =>
        [...(origin?.java ?? []), ...(bound?.java ?? [])].some((frame) => isOwn(frame.class)),
      )
      if (own) expect(blocker.owner?.frame).toMatch(new RegExp(`^${main}[.$]`))
      // Only what the app itself or the policy file is to blame for has no descriptor.
      if (made.length === 0)
        expect(blocker.findings.every(({ fd, resource }) => fd === null && resource === 'other')).toBe(true)
    }
  },
)
