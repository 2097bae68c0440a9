/** One API server and one node, in namespaces of their own: nothing of this machine's network or mounts changes. */
import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run, say } from '../setup/run.mjs'
import { containerdConfig, kubeconfig, kubeletConfig, network, TOKENS } from './configuration.mjs'
import { plugins, program } from './programs.mjs'

/** The machine's end of the cable, and the cluster's. */
const [HERE, THERE] = ['10.99.77.1', '10.99.77.2']
export const NODE = 'node1'

/** Starts it; resolves when the node is ready. `ctr` runs containerd's client, `kubeconfig` is the file for a user. */
export async function startCluster() {
  // The name of a socket may have 107 bytes only.
  const folder = mkdtempSync('/run/crac-preflight-kubernetes-')
  const at = (name) => join(folder, name)
  const children = []
  const cluster = {
    kubeconfig: (user) => at(`${user}.kubeconfig`),
    ctr: (...args) => run('ctr', ['-a', at('containerd.sock'), '-n', 'k8s.io', ...args]),
    stop: () => stop(folder, children),
  }
  try {
    await writeFiles(folder)
    const log = (name) => openSync(at(`${name}.log`), 'a')
    const start = (name, command, args) => {
      const output = log(name)
      const child = spawn(command, args, { stdio: ['ignore', output, output], cwd: folder })
      closeSync(output)
      children.push(child)
      return child
    }
    const first = start('containerd', 'unshare', [
      ...['--net', '--mount', '--propagation', 'slave', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh'],
      ...['containerd', '--config', at('containerd.toml')],
    ])
    await until(
      'containerd',
      folder,
      () => spawnSync('ctr', ['-a', at('containerd.sock'), 'version']).status === 0,
    )
    await layCable(first.pid)
    const within = (name, args) =>
      start(name, 'nsenter', ['-t', String(first.pid), '--net', '--mount', program(name), ...args])
    within('etcd', [
      ...['--data-dir', at('etcd'), '--unsafe-no-fsync', '--listen-peer-urls', 'http://127.0.0.1:2380'],
      ...[
        '--listen-client-urls',
        'http://127.0.0.1:2379',
        '--advertise-client-urls',
        'http://127.0.0.1:2379',
      ],
    ])
    within('kube-apiserver', [
      ...['--etcd-servers', 'http://127.0.0.1:2379', '--secure-port', '6443', '--advertise-address', THERE],
      ...[
        '--tls-cert-file',
        at('api.crt'),
        '--tls-private-key-file',
        at('api.key'),
        '--cert-dir',
        at('certs'),
      ],
      ...['--service-account-issuer', 'https://kubernetes', '--service-account-key-file', at('api.key')],
      ...['--service-account-signing-key-file', at('api.key'), '--token-auth-file', at('tokens.csv')],
      ...['--authorization-mode', 'Node,RBAC', '--disable-admission-plugins', 'ServiceAccount'],
      ...['--service-cluster-ip-range', '10.96.0.0/16', '--endpoint-reconciler-type', 'none'],
      ...['--kubelet-preferred-address-types', 'InternalIP'],
    ])
    await until('kube-apiserver', folder, async () => (await ask(folder, '/readyz')).status === 200)
    within('kubelet', [
      ...['--config', at('kubelet.yaml'), '--kubeconfig', at('node.kubeconfig'), '--node-ip', THERE],
      ...['--root-dir', at('kubelet'), '--cert-dir', at('certs'), '--hostname-override', NODE],
    ])
    await until('kubelet', folder, async () => {
      const { text } = await ask(folder, `/api/v1/nodes/${NODE}`)
      return JSON.parse(text).status?.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      )
    })
    say('a Kubernetes cluster of one node is ready')
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function writeFiles(folder) {
  const at = (name) => join(folder, name)
  mkdirSync(at('net.d'))
  writeFileSync(at('containerd.toml'), containerdConfig(folder, plugins))
  writeFileSync(at('kubelet.yaml'), kubeletConfig(folder))
  writeFileSync(at('net.d/10.conflist'), network(folder))
  writeFileSync(
    at('tokens.csv'),
    TOKENS.map(({ token, user, group }, id) => `${token},${user},${id},${group}\n`).join(''),
  )
  for (const { name, token } of TOKENS)
    writeFileSync(at(`${name}.kubeconfig`), kubeconfig(`https://${THERE}:6443`, at('api.crt'), token))
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('api.key'), '-out', at('api.crt')],
    ...['-days', '2', '-subj', '/CN=api', '-addext', `subjectAltName=IP:${THERE},IP:127.0.0.1`],
  ])
}

/** One cable to the namespace of the cluster; it goes with that. */
async function layCable(pid) {
  const inside = (...args) => run('nsenter', ['-t', String(pid), '--net', 'ip', ...args])
  const name = `cpk${process.pid}`
  await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}n`])
  await run('ip', ['link', 'set', `${name}n`, 'netns', String(pid)])
  await run('ip', ['addr', 'add', `${HERE}/30`, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
  await inside('addr', 'add', `${THERE}/30`, 'dev', `${name}n`)
  await inside('link', 'set', `${name}n`, 'up')
  await inside('route', 'add', 'default', 'via', HERE)
}

/** Of the API server, as its administrator. */
function ask(folder, path) {
  const [{ token }] = TOKENS
  return new Promise((resolve, reject) => {
    const options = {
      host: THERE,
      port: 6443,
      path,
      ca: readFileSync(join(folder, 'api.crt')),
      timeout: 5000,
    }
    request({ ...options, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let text = ''
      answer.on('data', (piece) => (text += piece))
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
      .on('error', reject)
      .on('timeout', function () {
        this.destroy(new Error('no answer'))
      })
      .end()
  })
}

async function until(name, folder, there) {
  for (const end = performance.now() + 180_000; performance.now() < end; await sleep(500))
    if (await Promise.resolve(there()).catch(() => false)) return
  const log = readFileSync(join(folder, `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-5)
    .join('\n')
  throw new Error(`${name} did not come up within three minutes:\n${log}`)
}

/** What is in its folder's processes: shims go on without containerd. */
async function stop(folder, children) {
  // Kubelet first, which would start again what ends.
  for (const child of children.reverse()) {
    child.kill('SIGKILL')
    await sleep(50)
  }
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    for (const pid of left) process.kill(pid, 'SIGKILL')
    await sleep(100)
  }
  // Mounts went with the namespace that they were made in.
  rmSync(folder, { recursive: true, force: true })
}

/** Of whom the command line or a mount names the folder, this process not. */
function processesOf(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const named = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
        return named || readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')[0].includes(folder)
      } catch {
        return false
      }
    })
}
