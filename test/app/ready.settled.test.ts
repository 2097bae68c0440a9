import { mkdtempSync, readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { untilReady } from '../../harness/app/ready.js'
import { findJvms } from '../../harness/jvm/java.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const classes = compileJava('opens', [fixture('java/17/Opens.java')], 17)
const opened = join(classes, 'Opens.class')
const folder = mkdtempSync(join(tmpdir(), 'settled-'))

/** How many of its files a JVM that opens fourteen in 3.5 s has open when a command that starts it has settled. */
async function openWhenSettled(name: string, command: (java: string) => string[]): Promise<number> {
  const java = `${jdk.java} -Xshare:auto -cp ${classes} Opens 14 ${opened}`
  const env = { PATH: process.env.PATH ?? '' }
  const logFile = join(folder, `${name}.log`)
  const app = (await holdProcess({ command: command(java), cwd: folder, env, logFile })).release()
  try {
    const jvms = () => findJvms(app.pid)
    await untilReady({ ...app, jvms }, undefined, AbortSignal.timeout(40_000))
    const [jvm = 0, ...others] = await jvms()
    expect(others).toEqual([])
    return readdirSync(`/proc/${jvm}/fd`).filter((fd) => isOpened(`/proc/${jvm}/fd/${fd}`)).length
  } finally {
    await app.stop()
  }
}

function isOpened(link: string): boolean {
  try {
    return readlinkSync(link) === opened
  } catch {
    return false
  }
}

test.concurrent.for([
  ['itself', (java: string) => java.split(' ')],
  ['a shell', (java: string) => ['sh', '-c', `${java}; echo end`]],
  ['a script that takes its time first', (java: string) => ['sh', '-c', `sleep 3; ${java}; echo end`]],
  [
    'a script that watches its JVM',
    (java: string) => ['sh', '-c', `${java} & while kill -0 $!; do sleep 0.3; done`],
  ],
] as const)('by default it is the JVM that has to settle, be it started by %s', async ([name, command]) => {
  expect(await openWhenSettled(name.replaceAll(' ', '-'), command)).toBe(14)
})

test('what starts no JVM does not settle', async () => {
  const spec = { command: ['sleep', '60'], cwd: folder, env: { PATH: process.env.PATH ?? '' } }
  const app = (await holdProcess({ ...spec, logFile: join(folder, 'none.log') })).release()
  const jvms = () => findJvms(app.pid)
  await expect(untilReady({ ...app, jvms }, undefined, AbortSignal.timeout(4000))).rejects.toThrow()
  await app.stop()
})
