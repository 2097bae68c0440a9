import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-kubernetes-'))
const pod = join(folder, 'pod.yaml')
writeFileSync(
  pod,
  'kind: Pod\nspec:\n  containers:\n  - name: app\n    image: orders:1\n    command: [java]\n',
)

/** Nobody listens there. */
const nobody = join(folder, 'nobody')
writeFileSync(
  nobody,
  `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: only, context: { cluster: c, user: u } }]
current-context: only
`,
)

test.concurrent.for([
  ['--image x --kubernetes pod.yaml', 2, '--image and --kubernetes name two apps'],
  ['--container app -- java', 2, '--container needs --kubernetes'],
  ['--kubernetes pod.yaml --memory 1g', 2, '--memory is for --image. What a pod has stands in its template.'],
  ['orders --kubernetes pod.yaml', 2, '--kubernetes names another'],
  ['--kubernetes no-such.yaml', 2, 'no-such.yaml'],
  ['--kubernetes POD --context other', 2, 'There is no context "other" in the kubeconfig. It has only.'],
  ['--kubernetes POD --container db', 2, 'There is no container "db" in the pod template. It has app.'],
  ['--kubernetes POD', 3, 'the cluster at https://127.0.0.1:1 does not answer'],
  ['--kubernetes deployment/orders', 3, 'the cluster at https://127.0.0.1:1 does not answer'],
  ['--kubernetes POD --trace ebpf', 2, `--trace can't be "ebpf" for a pod`],
] as const)('check %s', async ([line, expected, words]) => {
  const args = line.split(' ').map((word) => (word === 'POD' ? pod : word))
  const { code, stdout, stderr } = await run(['check', ...args], { env: { KUBECONFIG: nobody } })
  expect([code, stdout + stderr]).toEqual([expected, expect.stringContaining(words)])
})

test('without a kubeconfig it is told that there is none', async () => {
  const { code, stderr } = await run(['check', '--kubernetes', pod], {
    env: { KUBECONFIG: '', HOME: folder, KUBERNETES_SERVICE_HOST: '' },
  })
  expect([code, stderr]).toEqual([2, expect.stringContaining('no kubeconfig was found')])
})
