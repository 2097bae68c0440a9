/** What this machine has of what the tests need: each that is missing is a counted skip, or a failure where it is required. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageRoot, probesFolder } from '../harness/host/package-root.js'
import { bpf } from './support/bpf.js'
import { browser } from './support/browser.js'
import { capability, needing, root } from './support/capability.js'
import { chroot } from './support/chrooted.js'
import { engine } from './support/docker.js'
import { namespaces } from './support/elsewhere.js'
import { jdkOf } from './support/java.js'

const machine = [
  ...[bpf, engine, root, chroot, namespaces, browser],
  ...([17, 21, 25] as const).map(jdkOf),
  capability(
    'profiler',
    existsSync(join(probesFolder, 'libasyncProfiler.so')),
    'async-profiler is not there',
  ),
  capability(
    'logs',
    existsSync(join(packageRoot, '..', 'shared', 'crac-logs')),
    'no folder of recorded logs lies beside the checkout',
  ),
]

for (const each of machine)
  needing(each)(`this machine has ${each.name}`, () => {
    expect(each.refusal).toBeNull()
  })
