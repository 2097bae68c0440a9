/** A Kubernetes cluster's programs in build/kubernetes: of Go modules, of Debian's packages, and the pause program. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTool, root, run, say, SetupError } from '../setup/run.mjs'
import { makeOnce } from '../setup/stamp.mjs'

export const folder = join(root, 'build', 'kubernetes')
const sources = join('test', 'fixtures', 'kubernetes')
const PACKAGES = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  openssl: 'openssl',
}
const VERSION = '-X k8s.io/component-base/version.gitVersion=v1.34.4'

/** The API server, kubelet, their store, and the plugins that give pods a network. */
export const program = (name) => join(folder, 'bin', name)
export const plugins = join(folder, 'cni', 'usr', 'lib', 'cni')

/** Builds and fetches what is missing; some 20 minutes of processor time on the first run. */
export async function makePrograms() {
  if (process.getuid() !== 0) throw new SetupError('a cluster of the tests’ own needs root')
  for (const [tool, name] of Object.entries({ ...PACKAGES, go: 'golang' }))
    if (findTool(tool) === null)
      throw new SetupError(`there is no ${tool}; "apt-get install ${name}" gets it`)
  mkdirSync(join(folder, 'bin'), { recursive: true })
  await makeOnce({ name: 'kubernetes', inputs: [sources] }, async () => {
    say(
      'building Kubernetes’ API server and kubelet, and etcd (20 minutes of processor time on the first run)',
    )
    const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' }
    const packages = ['./etcd', 'k8s.io/kubernetes/cmd/kubelet', 'k8s.io/kubernetes/cmd/kube-apiserver']
    const how = ['-p', '1', '-trimpath', `-ldflags=-s -w ${VERSION}`, '-o', `${join(folder, 'bin')}/`]
    await run('nice', ['-n', '19', 'go', 'build', ...how, ...packages], { cwd: join(root, sources), env })
    const compiler = findTool('musl-gcc') ?? 'cc'
    await run(compiler, ['-static', '-Os', '-o', program('pause'), join(root, sources, 'pause.c')])
    return ['etcd', 'kubelet', 'kube-apiserver', 'pause'].map((name) =>
      join('build', 'kubernetes', 'bin', name),
    )
  })
  if (!existsSync(join(plugins, 'bridge'))) await fetchPlugins()
}

async function fetchPlugins() {
  say("fetching Debian's network plugins for the cluster")
  const debs = mkdtempSync(join(tmpdir(), 'cni-'))
  try {
    await run('apt-get', ['download', 'containernetworking-plugins'], { cwd: debs })
    await run('dpkg', ['-x', join(debs, readdirSync(debs)[0]), join(folder, 'cni')])
  } finally {
    rmSync(debs, { recursive: true, force: true })
  }
}
