/** The packed package under the Nodes and the vitests that it says it runs with; Node 20 with vitest 4 is `package.test.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../harness/host/package-root.js'
import { jdk } from './support/java.js'
import { locked, pack, userEnvironment } from './support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'nodes-'))
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
let tarball = ''
beforeAll(() => {
  tarball = join(folder, pack(folder))
}, 180_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const app = (kind: string) =>
  `{ command: [${JSON.stringify(jdk.java)}, '-cp', ${JSON.stringify(leaks)}, 'leaks.Main', '${kind}'] }`

test.for([
  { node: 22, vitest: '4.1' },
  { node: 22, vitest: '5' },
  { node: 24, vitest: '4.1' },
  { node: 24, vitest: '5' },
])('Node $node with vitest $vitest', { timeout: 600_000 }, async ({ node, vitest }) => {
  const cwd = mkdtempSync(join(folder, 'user-'))
  const runtime = `node-linux-${process.arch}`
  const devDependencies = {
    'crac-preflight': `file:${tarball}`,
    [runtime]: String(node),
    vite: locked('vite'),
    vitest: `~${vitest}`,
  }
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module', devDependencies }),
  )
  writeFileSync(
    join(cwd, 'vitest.config.ts'),
    `import { cracPreflight } from 'crac-preflight/config'
     import { defineConfig } from 'vitest/config'
     export default defineConfig({ plugins: [cracPreflight({ junit: 'preflight.xml' })] })`,
  )
  writeFileSync(
    join(cwd, 'orders.test.ts'),
    `import { expect } from 'vitest'
     import { scenario, test } from 'crac-preflight/vitest'
     const ready = { log: /READY/ }
     scenario('known', { app: ${app('FileInput')}, ready, expect: { blockedBy: ['file:leaks.FileInput'] } })
     test('clean', async ({ boot }) => {
       await expect(await boot({ ...${app('IdleSelector')}, ready })).toBeCheckpointable()
     })
     test('leaky', async ({ boot }) => {
       await expect(await boot({ ...${app('FileInput')}, ready })).toBeCheckpointable()
     })`,
  )
  const asUser = (command: string, args: string[]) =>
    execa(command, args, { cwd, reject: false, all: true, env: userEnvironment, extendEnv: false })
  const installed = await asUser('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'])
  expect(installed.exitCode, installed.all).toBe(0)
  const program = join(cwd, 'node_modules', runtime, 'bin', 'node')
  expect((await asUser(program, ['--version'])).stdout).toMatch(new RegExp(`^v${node}\\.`))
  const run = await asUser(program, [join('node_modules', 'vitest', 'vitest.mjs'), 'run'])
  expect(run.all).toMatch(/1 failed \| 2 passed/)
  expect(run.all).toMatch(
    /CheckpointBlockedError: file .*\n(?:.*\n)*?.*at leaks\.FileInput\.open\(FileInput\.java:\d+\)/,
  )
  expect(run.exitCode).toBe(1)
})
