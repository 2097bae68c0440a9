import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { capability } from './capability.js'
import { packageRoot } from '../../harness/host/package-root.js'

const program = join(packageRoot, 'build', 'docker', 'engine', 'usr', 'sbin', 'dockerd')

/** A second Docker engine can be started here. */
export const ownEngine = capability(
  'own-engine',
  process.getuid?.() === 0 && existsSync(program) && spawnSync('unshare', ['--net', 'true']).status === 0,
  'only root can start a Docker engine of its own, where "npm test" has fetched one',
)

/** A Docker engine that a test may break: on a disk of its own in memory, in a network of its own. */
export interface OwnEngine {
  host: string
  pid: number
  /** Its disk. */
  disk: string
  /** Ends it at once, and what it has started with it. */
  kill(): Promise<void>
  remove(): Promise<void>
}

/**
 * The name of a socket may have 107 bytes only, so its folder is not below the checkout. `more` are options of dockerd's;
 * `pid` is in the engine's network.
 */
export async function startOwnEngine(size: string, more: string[] = []): Promise<OwnEngine> {
  const folder = mkdtempSync('/run/crac-preflight-engine-')
  const disk = join(folder, 'disk')
  run('mkdir', [disk])
  run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk])
  const path = join(folder, 'docker.sock')
  // Without a network of its own it would take over the bridge of the machine's engine.
  const child = spawn(
    'unshare',
    ['--net', program, '--host', `unix://${path}`, '--pidfile', join(folder, 'pid')].concat([
      ...['--exec-root', join(folder, 'exec'), '--data-root', join(disk, 'data')],
      ...['--iptables=false', '--ip6tables=false'],
      ...more,
    ]),
    {
      stdio: 'ignore',
      // Its helpers lie beside it.
      env: { ...process.env, PATH: `${join(program, '..')}:/usr/sbin:/sbin:${process.env.PATH ?? ''}` },
    },
  )
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  for (let i = 0; i < 300 && !existsSync(path) && child.exitCode === null; i++) await sleep(100)
  return {
    host: `unix://${path}`,
    pid: child.pid ?? 0,
    disk,
    kill,
    remove: async () => {
      await kill()
      // Its containerd and the keepers of its containers go on without it.
      for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
        for (const pid of left) process.kill(pid, 'SIGKILL')
        await sleep(50)
      }
      for (const mount of mountsBelow(folder)) run('umount', ['--lazy', mount])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function run(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

/** Whose command line names the folder. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      } catch {
        return false
      }
    })
}

/** The innermost first. */
function mountsBelow(folder: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(folder))
    .reverse()
}

/** Brings an image from one engine to another. */
export async function copyImage(name: string, from: string, to: string): Promise<void> {
  const saved = await answer({ socketPath: pathOf(from), path: `/images/${name}/get` })
  const loading = request({ socketPath: pathOf(to), method: 'POST', path: '/images/load?quiet=1' })
  loading.setHeader('Content-Type', 'application/x-tar')
  const loaded = once(loading, 'response') as Promise<[IncomingMessage]>
  saved.pipe(loading)
  const [response] = await loaded
  const said = await text(response)
  if (response.statusCode !== 200 || said.includes('"error"'))
    throw new Error(`${name} can't be loaded: ${said}`)
}

async function answer(options: { socketPath: string; path: string }): Promise<IncomingMessage> {
  const asked = request(options).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return response
}

const pathOf = (host: string): string => host.replace('unix://', '')
