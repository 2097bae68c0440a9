import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localHost } from '../../harness/host/local-host.js'
import { launchProperties, systemProperties } from '../../harness/jvm/properties.js'
import { compileJava, jdk } from '../support/java.js'
import { endJvm } from '../support/end-jvm.js'

const folder = mkdtempSync(join(tmpdir(), 'launched-'))
const source = join(folder, 'Waits.java')
writeFileSync(
  source,
  'public class Waits { public static void main(String[] a) throws Exception { System.out.println("READY"); System.in.read(); } }',
)
const classes = compileJava('launched', [source], 17)
const jar = join(folder, 'waits.jar')
execFileSync(join(jdk.home, 'bin', 'jar'), ['cfe', jar, 'Waits', '-C', classes, '.'])

/** Starts a JVM that waits for the end of its standard input. */
async function start(args: string[], env: Record<string, string>): Promise<number> {
  const jvm = spawn(jdk.java, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => endJvm(jvm))
  await once(jvm.stdout, 'data')
  return jvm.pid ?? 0
}

const cases: [string, string[], Record<string, string>][] = [
  ['the app’s own -cp', ['-cp', classes, 'Waits', '-cp', '/app/own'], {}],
  ['-jar, which is stronger than -cp', ['-cp', '/nowhere', '-jar', jar, '-cp', '/app/own'], {}],
  ['--class-path=, the last of several', ['-cp', '/nowhere', `--class-path=${classes}`, 'Waits'], {}],
  [
    'an option whose value looks like -cp',
    ['--add-modules', 'java.base', '-classpath', classes, 'Waits'],
    {},
  ],
  ['CLASSPATH', ['Waits', '-jar', '/app/own.jar'], { CLASSPATH: classes }],
]

test.for(cases)(
  'what /proc tells of a JVM’s class path is what it says itself: %s',
  async ([, args, env]) => {
    const pid = await start(args, env)
    const own = await systemProperties(pid)
    const told = await launchProperties(pid, localHost)
    expect(told.size).toBe(3)
    for (const [name, value] of told) expect([name, value]).toEqual([name, own.get(name)])
  },
)
