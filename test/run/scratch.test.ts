import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { capability, needing } from '../support/capability.js'

const module = JSON.stringify(join(packageRoot, 'dist/harness/run/scratch.js'))
const program = `import { openScratch } from ${module}; console.log((await openScratch()).path)`
const unshare = ['unshare', '--pid', '--fork', '--mount-proc']
const namespaces = capability(
  'namespaces',
  spawnSync('unshare', [...unshare.slice(1), 'true']).status === 0,
  'no process can have pids of its own here',
)

let shared = ''
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), 'scratch-'))
})

/** A harness that has a folder in the temporary folder that all share; it waits for its own end where it is to live. */
async function harness(lives: boolean, before: string[] = []): Promise<{ folder: string; end: () => void }> {
  const node = [process.execPath, '--input-type=module', '-e']
  const [command, ...args] = [...before, ...node, lives ? `${program}; process.stdin.resume()` : program]
  const child = spawn(command, args, {
    env: { ...process.env, TMPDIR: shared },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  if (!lives) await ended
  return { folder: dirname(line.toString().trim()), end: () => child.stdin.end() }
}

test('a folder goes with the next run when its harness has ended, and stays while it lives', async () => {
  const dead = await harness(false)
  expect(existsSync(dead.folder)).toBe(true)
  const living = await harness(true)
  expect(existsSync(dead.folder)).toBe(false)
  const next = await harness(false)
  expect([living, next].map(({ folder }) => existsSync(folder))).toEqual([true, true])
  living.end()
})

test('a pid that is used again keeps no folder', async () => {
  const dead = await harness(false)
  // As its harness's number would be this very process's, which has started at another time.
  const reused = join(shared, basename(dead.folder).replace(/^(crac-preflight-)\d+/, `$1${process.pid}`))
  renameSync(dead.folder, reused)
  await harness(false)
  expect(existsSync(reused)).toBe(false)
})

needing(namespaces)('a harness of another pid namespace keeps its folder', async () => {
  const living = await harness(true, unshare)
  const here = await harness(false)
  expect(existsSync(living.folder)).toBe(true)
  const there = await harness(false, unshare)
  expect([here, living, there].map(({ folder }) => existsSync(folder))).toEqual([true, true, true])
  living.end()
})

test('what only looks like such a folder stays', async () => {
  const alike = ['crac-preflight-demo-abcdef', 'crac-preflight-999999999-abcdef'].map((name) =>
    join(shared, name),
  )
  for (const path of alike) mkdirSync(path)
  await harness(false)
  expect(alike.map((path) => existsSync(path))).toEqual([true, true])
})
