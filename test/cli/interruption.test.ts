import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bpf } from '../support/bpf.js'
import { engine, image, inventory } from '../support/docker.js'
import { cli } from './command-line.js'
import { needing } from '../support/capability.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [cli, ...args], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: folder, ...env },
  })
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}

const container = needing(engine, bpf)

container.for(['0', '1'])(
  'a check of a container that is interrupted removes it, CRAC_PREFLIGHT_SIDECAR=%s',
  { timeout: 120_000 },
  async (sidecar) => {
    const before = await inventory()
    const child = start(
      [
        'check',
        '--image',
        image('user'),
        '--ready',
        'log=/NEVER/',
        '--',
        '-cp',
        '/app',
        'leaks.Main',
        'FileInput',
      ],
      { CRAC_PREFLIGHT_SIDECAR: sidecar },
    )
    const containers = async () => (await inventory()).filter((each) => each.startsWith('container')).length
    await expect.poll(containers, { timeout: 60_000 }).toBeGreaterThan(before.length + Number(sidecar))
    child.kill('SIGTERM')
    expect(await exitOf(child)).toBe(130)
    expect(await inventory()).toEqual(before)
    expect(readdirSync(folder)).toEqual([])
  },
)

test('a check that is interrupted while an image is pulled does not wait for the image', async () => {
  const { engine, pulling, socket } = await pullingEngine()
  const child = start(['check', '--trace', 'none', '--image', 'acme/orders:crac', '--pull', 'always'], {
    DOCKER_HOST: `unix://${socket}`,
    CRAC_PREFLIGHT_SIDECAR: '0',
  })
  await pulling
  const begin = performance.now()
  child.kill('SIGINT')
  expect(await exitOf(child)).toBe(130)
  expect(performance.now() - begin).toBeLessThan(15_000)
  engine.closeAllConnections()
  engine.close()
})

/** As much of a Docker engine as is asked before a pull; the pull itself never ends. */
async function pullingEngine(): Promise<{ engine: Server; pulling: Promise<unknown>; socket: string }> {
  const socket = join(folder, 'docker.sock')
  let pulls: (value: unknown) => void = () => undefined
  const pulling = new Promise((resolve) => (pulls = resolve))
  const engine = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '')
    const answer = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (path.startsWith('/images/create')) {
      response.writeHead(200).write('{"status":"Pulling"}\n')
      pulls(path)
    } else if (path.startsWith('/version')) answer({ Version: '26.1.0' })
    else if (path.startsWith('/info')) answer({ ServerVersion: '26.1.0', OSType: 'linux', Labels: [] })
    else if (path.startsWith('/networks/bridge')) answer({ IPAM: { Config: [{ Gateway: '172.17.0.1' }] } })
    else if (/^\/(containers|images)\/json/.test(path)) answer([])
    else if (path.startsWith('/volumes')) answer({ Volumes: [] })
    else answer({ message: 'No such image' }, 404)
  })
  await once(engine.listen(socket), 'listening')
  return { engine, pulling, socket }
}

test('a second signal ends at once, with its own exit code', async () => {
  const begun = join(folder, 'begun')
  const script = `trap "" TERM; : >"${begun}"; while :; do sleep 0.1; done`
  const child = start(['check', '--trace', 'none', '--ready', 'log=/NEVER/', '--', 'sh', '-c', script])
  await expect.poll(() => existsSync(begun), { timeout: 50_000 }).toBe(true)
  child.kill('SIGINT')
  // The app has five seconds to end, and takes them.
  await sleep(500)
  const begin = performance.now()
  child.kill('SIGTERM')
  expect(await exitOf(child)).toBe(143)
  expect(performance.now() - begin).toBeLessThan(2000)
})
