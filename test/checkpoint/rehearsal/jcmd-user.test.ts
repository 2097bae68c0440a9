import { execFile } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { probesFolder } from '../../../harness/host/package-root.js'
import { buildAgent, cases, openWorkshop, running, type Workshop } from './programs/rehearsed-app.js'
import { needing, root } from '../../support/capability.js'

let workshop: Workshop
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop()
}, 120_000)
afterAll(() => workshop.remove())

const options = [
  '-XX:+IgnoreUnrecognizedVMOptions',
  '-XX:+StartAttachListener',
  `-agentpath:${join(probesFolder, 'librehearsal.so')}=jcmd`,
]

/** Connects as somebody, asks for a checkpoint, and prints what comes back. */
const asks = `const s = require('net').connect(process.argv[1], () => s.write('1\\0jcmd\\0JDK.checkpoint\\0\\0\\0'))
s.pipe(process.stdout); s.on('error', (e) => console.log(e.code)); s.setTimeout(20000, () => s.destroy(new Error('no end')))`

const askAs = (path: string, user?: number): Promise<string> =>
  new Promise((resolve) => {
    const identity = user === undefined ? {} : { uid: user, gid: user }
    execFile(
      process.execPath,
      ['-e', asks, path],
      { timeout: 30_000, cwd: '/', ...identity },
      (error, stdout) => resolve(stdout || (error?.killed === true ? 'killed' : '')),
    )
  })

needing(root)('another user gets no answer, not even where the socket lets him in', async () => {
  const nobody = 65_534
  await running(
    workshop,
    `${cases} Hello`,
    async (app) => {
      const path = `/tmp/.java_pid${app.pid}`
      await expect.poll(() => existsSync(`${path}.jvm`), { timeout: 10_000 }).toBe(true)
      expect(await askAs(path, nobody)).toMatch(/EACCES|EPERM/)
      chmodSync(path, 0o666)
      // It is hung up on, which it may notice while it still asks.
      expect(await askAs(path, nobody)).toMatch(/^(EPIPE|ECONNRESET)?\s*$/)
      expect(await askAs(path)).toContain('Command executed successfully')
    },
    { options },
  )
})
