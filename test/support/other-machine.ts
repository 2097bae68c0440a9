/** Another machine, as far as its network is concerned: a Docker engine in a network namespace to which one cable leads. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { capability } from './capability.js'
import { startOwnEngine } from './own-engine.js'

const tools = ['ip', 'nsenter', 'openssl', 'ssh', 'ssh-keygen']
const lacking = tools.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
export const cable = capability('cable', lacking.length === 0, `there is no ${lacking.join(', ')}`)

const HERE = '198.51.100.1'
const THERE = '198.51.100.2'
const SSH = '2222'

export interface OtherMachine {
  /** Where its engine's socket is, for who shares its disk. */
  host: string
  /** What a user here sets to use its engine. */
  tls: Record<string, string>
  ssh: Record<string, string>
  remove: () => Promise<void>
}

export async function startOtherMachine(): Promise<OtherMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'other-machine-'))
  makeCertificates(folder)
  const file = (name: string) => join(folder, name)
  const tls = ['--tlsverify', '--tlscacert', file('ca.pem'), '--tlscert', file('engine.pem')]
  const engine = await startOwnEngine('600m', [
    ...['--host', 'tcp://0.0.0.0:2376', ...tls, '--tlskey', file('engine-key.pem')],
  ])
  const there = (...command: string[]) => ['nsenter', '--target', String(engine.pid), '--net', ...command]
  const name = `cable${process.pid % 100_000}`
  run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(engine.pid))
  run('ip', 'address', 'add', `${HERE}/30`, 'dev', name)
  run('ip', 'link', 'set', name, 'up')
  run(...there('ip', 'address', 'add', `${THERE}/30`, 'dev', 'cable'))
  run(...there('ip', 'link', 'set', 'cable', 'up'))
  run(...there('ip', 'link', 'set', 'lo', 'up'))
  const [program = '', ...args] = there(
    process.execPath,
    join(packageRoot, 'test', 'fixtures', 'ssh', 'server.mjs'),
    ...[THERE, SSH, file('host')],
  )
  const server = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  const socket = engine.host.replace('unix://', '')
  return {
    host: engine.host,
    tls: { DOCKER_HOST: `tcp://${THERE}:2376`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder },
    ssh: {
      DOCKER_HOST: `ssh://root@${THERE}:${SSH}${socket}`,
      PATH: `${folder}:${process.env.PATH ?? ''}`,
    },
    remove: async () => {
      server.kill()
      await engine.remove()
      rmSync(folder, { recursive: true })
    },
  }
}

/** As Docker's documentation makes them; and keys for ssh, with a command that knows of them. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => run('openssl', ...args)
  const make = (name: string, subject: string, more: string[]) =>
    openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${subject}`, '-out', join(folder, `${name}.pem`)],
      ...['-keyout', join(folder, `${name === 'cert' ? 'key' : `${name}-key`}.pem`), ...more],
    )
  const signed = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca-key.pem')]
  make('ca', 'authority', [])
  make('engine', 'engine', [...signed, '-addext', `subjectAltName=IP:${THERE}`])
  make('cert', 'client', [...signed, '-addext', 'extendedKeyUsage=clientAuth'])
  for (const name of ['host', 'user'])
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name))
  const options = [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${join(folder, 'known')}`,
    'LogLevel=ERROR',
  ]
  const words = options.map((option) => `-o ${option}`).join(' ')
  // In the place of a user's own configuration.
  const command = join(folder, 'ssh')
  writeFileSync(command, `#!/bin/sh\nexec ${sshClient()} -F none -i ${join(folder, 'user')} ${words} "$@"\n`)
  chmodSync(command, 0o755)
}

const sshClient = (): string => spawnSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).stdout.trim()

function run(command = '', ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}
