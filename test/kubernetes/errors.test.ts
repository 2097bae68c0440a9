import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1PolicyRule } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { packageRoot } from '../../harness/host/package-root.js'
import { check, core, given, leaks, podFile, podWith, rights } from './cluster.js'

const MINUTES = 180_000
const namespace = 'default'

/** What a check says that comes to no verdict. */
async function said(named: string, more: string[] = [], kubeconfig = given.admin): Promise<string> {
  const { code, stdout, stderr } = await check(named, more, { kubeconfig })
  expect(code === 2 || code === 3).toBe(true)
  return stdout + stderr
}

test('a deployment that is not there', async () => {
  expect(await said('deployment/no-such')).toContain(
    'There is no deployment "no-such" in the namespace default',
  )
})

test(
  'a container without a command, which no cluster tells of its image',
  async () => {
    const { command, ...container } = leaks
    expect(command).toBeDefined()
    expect(await said(podFile(podWith(container)))).toContain('names no command')
  },
  MINUTES,
)

test(
  'an image that is not there',
  async () => {
    const container = { ...leaks, image: 'docker.io/crac-preflight-test/no-such:1' }
    const text = await said(podFile(podWith(container)))
    expect(text).toContain('ErrImageNeverPull')
    expect(text).toContain('no-such:1')
  },
  MINUTES,
)

test(
  'a pod that nobody schedules',
  async () => {
    const text = await said(podFile(podWith(leaks, { nodeName: undefined })), ['--timeout', '3'])
    expect(text).toMatch(/was not running within 3 s: it is Pending/)
  },
  MINUTES,
)

test(
  'a template that the cluster refuses',
  async () => {
    const container = { ...leaks, imagePullPolicy: 'Sometimes' }
    expect(await said(podFile(podWith(container)))).toMatch(
      /spec\.containers\[0\]\.imagePullPolicy: Unsupported value/,
    )
  },
  MINUTES,
)

test(
  'an app that ends at once',
  async () => {
    const text = await said(
      podFile(podWith({ ...leaks, command: ['/opt/java/bin/java', 'no.such.Class'] })),
      ['--ready', 'port=1'],
    )
    expect(text).toContain('APP_DIED')
    expect(text).toContain('no.such.Class')
  },
  MINUTES,
)

test(
  'an app that the kernel kills for its memory',
  async () => {
    const [java = '', ...args] = leaks.command ?? []
    const container = {
      ...leaks,
      command: [java, '-Xms64m', '-Xmx64m', '-XX:+AlwaysPreTouch', ...args],
      resources: { limits: { memory: '24Mi' } },
    }
    expect(await said(podFile(podWith(container)), ['--ready', 'port=1'])).toContain('out of memory')
  },
  MINUTES,
)

/** The role of the documentation, with which a check works; without one of its rights it says what is missing. */
const page = readFileSync(join(packageRoot, 'docs', 'kubernetes.md'), 'utf8')
const { rules: NEEDED } = parse(/^```yaml\n([^]*?)^```$/m.exec(page)?.[1] ?? '') as {
  rules: Required<Pick<V1PolicyRule, 'apiGroups' | 'resources' | 'verbs'>>[]
}

beforeAll(async () => {
  await rights.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: 'preflight' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'preflight' },
      subjects: [{ kind: 'User', name: 'developer', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  })
  await rights.createNamespacedRole({ namespace, body: { metadata: { name: 'preflight' }, rules: NEEDED } })
})

afterAll(async () => {
  await rights.deleteNamespacedRole({ namespace, name: 'preflight' })
  await rights.deleteNamespacedRoleBinding({ namespace, name: 'preflight' })
  expect(
    (
      await core.listNamespacedConfigMap({
        namespace,
        labelSelector: 'app.kubernetes.io/managed-by=crac-preflight',
      })
    ).items,
  ).toEqual([])
})

test(
  'with the role of the documentation a check works',
  async () => {
    const { code, stdout } = await check(podFile(podWith(leaks)), ['--ready', 'log=/READY/'], {
      kubeconfig: given.developer,
    })
    expect([code, stdout]).toEqual([1, expect.stringContaining('leaks.FileInput.open(FileInput.java')])
  },
  MINUTES,
)

test.for(['pods', 'configmaps', 'pods/exec', 'pods/log'])(
  'without a right to %s it is named with its verb',
  { timeout: MINUTES },
  async (resource) => {
    const rules = NEEDED.filter(({ resources }) => !resources.includes(resource))
    await rights.replaceNamespacedRole({
      namespace,
      name: 'preflight',
      body: { metadata: { name: 'preflight' }, rules },
    })
    try {
      const text = await said(podFile(podWith(leaks)), ['--ready', 'log=/READY/'], given.developer)
      expect(text).toMatch(new RegExp(`cannot (create|get|delete) resource "${resource}"`))
      expect(text).toContain('docs/kubernetes.md')
    } finally {
      await rights.replaceNamespacedRole({
        namespace,
        name: 'preflight',
        body: { metadata: { name: 'preflight' }, rules: NEEDED },
      })
      // What a missing right to delete leaves is the administrator's.
      const labelSelector = 'app.kubernetes.io/managed-by=crac-preflight'
      await core.deleteCollectionNamespacedPod({ namespace, labelSelector })
      await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector })
    }
  },
)
