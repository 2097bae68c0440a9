/** A JVM on musl on this machine: it loads the libraries for musl, whatever the machine itself is based on. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageRoot } from '../../../../harness/host/package-root.js'
import { preflight } from '../../../../harness/preflight.js'
import { needing } from '../../../support/capability.js'
import { muslJvm, onMusl } from '../../../support/java.js'
import { judgeKinds, readKinds } from '../../kinds.js'

needing(onMusl)(
  'every live descriptor of a JVM on musl has a record and names the right method',
  async () => {
    const { expected, right, own, recorded, evidence } = judgeKinds(await readKinds(muslJvm, 'preload'))
    console.log(
      `preload on musl: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
  },
)

needing(onMusl)('a check of a JVM on musl tells whose line it was', async () => {
  const classes = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
  const command = [muslJvm.java, '-cp', classes, 'leaks.Main', 'FileInput']
  const { failure, blockers } = await preflight({ command, ready: { log: /^READY/ } }, { trace: 'preload' })
  expect(failure).toBe(null)
  expect(blockers.map(({ owner }) => owner?.frame)).toEqual(['leaks.FileInput.open(FileInput.java:14)'])
})
