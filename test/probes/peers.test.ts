import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'
import { needing, root } from '../support/capability.js'

const peers = join(probesFolder, 'peers')

interface Line {
  type: 'peer' | 'holder' | 'error' | 'end'
  inode: number
  peer: number
  pid: number
  fd: number
  doing: string
  hidden: number
}

/** Asks the probe; `as` is what it is run by. */
function ask(pid: number | string, inodes: number[] = [], as: string[] = []): Line[] {
  const { stdout } = spawnSync('env', [...as, peers, String(pid)], {
    input: inodes.join('\n'),
    encoding: 'utf8',
  })
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

/** A process with a client of its own unix server; prints the inodes of both ends. */
const PROGRAM = `
const net = require('node:net'), fs = require('node:fs'), path = require('node:path'), os = require('node:os')
const inode = (socket) => fs.fstatSync(socket._handle.fd).ino
const name = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'peers-')), 's')
const server = net.createServer((accepted) => console.log(JSON.stringify({ client: inode(client), server: inode(accepted) })))
let client
server.listen(name, () => (client = net.connect(name)))
process.stdin.on('end', () => process.exit()).resume()
`

async function run(wrap: string[]): Promise<{ child: ChildProcess; client: number; server: number }> {
  const child = spawn('env', [...wrap, process.execPath, '-e', PROGRAM], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ...(JSON.parse(line.toString()) as { client: number; server: number }) }
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  await once(child, 'exit')
}

const unshare = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' })
const noNamespace = unshare.status === 0 ? null : `no network namespace can be made: ${unshare.stderr}`
if (noNamespace !== null) console.log(`skipped: ${noNamespace}`)
const namespaces = [{ where: 'here', wrap: [] as string[] }]
if (noNamespace === null) namespaces.push({ where: 'elsewhere', wrap: ['unshare', '--net'] })

test.for(namespaces)(
  'both ends of a unix connection are told, in a network namespace $where',
  async ({ wrap }) => {
    const { child, client, server } = await run(wrap)
    try {
      const lines = ask(child.pid ?? 0)
      const found = lines.filter(({ type }) => type === 'peer').map(({ inode, peer }) => [inode, peer])
      expect(found).toContainEqual([client, server])
      expect(found).toContainEqual([server, client])
      const holders = lines.filter(({ type, inode }) => type === 'holder' && [client, server].includes(inode))
      expect(holders.map(({ pid }) => pid)).toEqual([child.pid, child.pid])
      expect(new Set(holders.map(({ fd }) => fd)).size).toBe(2)
      expect(lines.at(-1)).toMatchObject({ type: 'end' })
    } finally {
      await end(child)
    }
  },
)

test('who holds a socket is told of those that are asked for, too', async () => {
  const { child, server } = await run([])
  try {
    const holders = ask(process.pid, [server, 0]).filter(({ type }) => type === 'holder')
    expect(holders.map(({ inode, pid }) => [inode, pid])).toContainEqual([server, child.pid])
  } finally {
    await end(child)
  }
})

needing(root)('what an ordinary user may not see is counted, not passed over', () => {
  const lines = ask(
    process.pid,
    [],
    ['setpriv', '--reuid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all'],
  )
  expect(lines).toContainEqual(expect.objectContaining({ type: 'error', doing: 'list' }))
  expect(lines.at(-1)?.hidden).toBeGreaterThan(0)
})

test('anything but a process number is refused', () => {
  for (const argument of ['', 'x', '12/../1', '-1']) expect(spawnSync(peers, [argument]).status).toBe(2)
  expect(spawnSync(peers, []).status).toBe(2)
})
