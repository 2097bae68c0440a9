import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { bpf } from '../support/bpf.js'
import type { Capability } from '../support/capability.js'
import { criu } from '../support/criu.js'
import { engine, image } from '../support/docker.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { endJvm } from '../support/end-jvm.js'

/** One way in which the harness works, with everything that it may have to clean up. */
export interface Mode {
  name: string
  needs: Capability[]
  env?: Record<string, string>
  /** How a run that nobody kills ends. */
  code: number
  /** The words of the command line, and what is to be ended with the test. */
  begin: () => Promise<{ args: string[]; end: () => Promise<void> | void }>
}

const ready = ['--ready', 'log=/READY/']
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const ofImage = ['check', '--image', image('user'), ...ready, '--', '-cp', '/app', 'leaks.Main', 'FileInput']

const always =
  (...args: string[]) =>
  () =>
    Promise.resolve({ args, end: () => undefined })

export const modes: Mode[] = [
  {
    name: 'of a process',
    needs: [],
    code: 1,
    begin: always('check', ...ready, '--', jdk.java, '-cp', leaks, 'leaks.Main', 'FileInput'),
  },
  { name: 'of a container', needs: [engine, bpf], code: 1, begin: always(...ofImage) },
  {
    name: 'through a sidecar',
    needs: [engine, bpf],
    env: { CRAC_PREFLIGHT_SIDECAR: '1' },
    code: 1,
    begin: always(...ofImage),
  },
  {
    name: 'of a JVM that runs already',
    needs: [],
    code: 0,
    begin: async () => {
      const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
      const jvm = spawn(jdk.java, ['-cp', classes, 'Waits'], { stdio: ['pipe', 'pipe', 'ignore'] })
      await once(jvm.stdout, 'data')
      const args = ['trace', '--pid', String(jvm.pid), '--for', '500ms']
      return {
        args,
        end: async () => {
          if (jvm.exitCode !== null || jvm.signalCode !== null)
            throw new Error('The JVM has ended with a trace that was killed')
          await endJvm(jvm)
        },
      }
    },
  },
  {
    name: 'with a restore',
    needs: [criu],
    code: 0,
    begin: () => {
      const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
      return always('check', '--restore', ...ready, '--', jdk.java, '-cp', classes, 'Waits')()
    },
  },
]
