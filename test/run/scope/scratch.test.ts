import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { capability, needing, root } from '../../support/capability.js'

const module = JSON.stringify(join(packageRoot, 'dist/harness/run/scope/scratch.js'))
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

/** How a harness ends that had a folder in the temporary folder that all share. */
type End = 'lives' | 'ends' | 'with its guard'

async function harness(
  end: End,
  before: string[] = [],
): Promise<{ folder: string; end: () => Promise<void> }> {
  const node = [process.execPath, '--input-type=module', '-e', `${program}; process.stdin.resume()`]
  const [command = '', ...args] = [...before, ...node]
  const child = spawn(command, args, {
    env: { ...process.env, TMPDIR: shared },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const folder = dirname(line.toString().trim())
  if (end === 'with its guard') for (const guard of guardsOf(folder)) process.kill(guard, 'SIGKILL')
  const over = async () => {
    child.kill('SIGKILL')
    await ended
  }
  if (end !== 'lives') await over()
  return { folder, end: over }
}

/** The programs that wait to remove a folder. */
const guardsOf = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid).endsWith(`/${basename(folder)}\0`))

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

test('a folder goes as soon as its harness is killed', async () => {
  const { folder } = await harness('ends')
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false)
})

test('a folder goes with the next run when its harness was killed with its guard, and stays while it lives', async () => {
  const dead = await harness('with its guard')
  expect(existsSync(dead.folder)).toBe(true)
  const living = await harness('lives')
  expect(existsSync(dead.folder)).toBe(false)
  await harness('ends')
  expect(existsSync(living.folder)).toBe(true)
  await living.end()
})

test('a pid that is used again keeps no folder', async () => {
  const dead = await harness('with its guard')
  // As its harness's number would be this very process's, which has started at another time.
  const reused = join(shared, basename(dead.folder).replace(/^(crac-preflight-)\d+/, `$1${process.pid}`))
  renameSync(dead.folder, reused)
  await harness('ends')
  expect(existsSync(reused)).toBe(false)
})

needing(namespaces)('a harness of another pid namespace keeps its folder', async () => {
  const living = await harness('lives', unshare)
  const here = await harness('with its guard')
  expect(existsSync(living.folder)).toBe(true)
  const there = await harness('lives', unshare)
  expect([here, living, there].map(({ folder }) => existsSync(folder))).toEqual([true, true, true])
  for (const each of [living, there]) await each.end()
})

test('what only looks like such a folder stays', async () => {
  const alike = ['crac-preflight-demo-abcdef', 'crac-preflight-999999999-abcdef'].map((name) =>
    join(shared, name),
  )
  for (const path of alike) mkdirSync(path)
  await harness('ends')
  expect(alike.map((path) => existsSync(path))).toEqual([true, true])
})

needing(root)(
  'what another user has made to look like a left-over stays, whatever it is exchanged for',
  async () => {
    const victim = mkdtempSync(join(tmpdir(), 'victim-'))
    writeFileSync(join(victim, 'file'), 'of root')
    const dead = await harness('with its guard')
    const bait = join(shared, `${basename(dead.folder)}x`)
    for (const path of [bait, join(bait, 'folder')]) mkdirSync(path)
    writeFileSync(join(bait, 'folder', 'file'), '')
    symlinkSync(victim, join(bait, 'link'))
    for (const path of [bait, join(bait, 'folder'), join(bait, 'folder', 'file')])
      chownSync(path, 65534, 65534)
    await harness('ends')
    expect(existsSync(dead.folder)).toBe(false)
    expect(existsSync(join(bait, 'folder', 'file'))).toBe(true)
    rmSync(bait, { recursive: true })
    symlinkSync(victim, bait)
    await harness('ends')
    expect(readdirSync(victim)).toEqual(['file'])
  },
)
