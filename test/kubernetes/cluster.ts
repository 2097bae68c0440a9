import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1Container,
} from '@kubernetes/client-node'
import { run, type Result } from '../cli/command-line.js'

interface Given {
  admin: string
  developer: string
  node: string
  images: { user: string; root: string }
}

/** The cluster that `npm run test:kubernetes` has started. */
export const given = JSON.parse(process.env.CRAC_PREFLIGHT_CLUSTER ?? '{}') as Given

const config = new KubeConfig()
config.loadFromString(readFileSync(given.admin, 'utf8'))
export const core = config.makeApiClient(CoreV1Api)
export const apps = config.makeApiClient(AppsV1Api)
export const rights = config.makeApiClient(RbacAuthorizationV1Api)

/** One container of an ordinary user without a shell, whose app leaves a file open. */
export const leaks: V1Container = {
  name: 'app',
  image: given.images.user,
  imagePullPolicy: 'Never',
  command: ['/opt/java/bin/java', '-cp', '/app', 'leaks.Main', 'FileInput'],
}

/** A pod's spec on the cluster's node, which has no scheduler. */
export const podWith = (container: V1Container, more: object = {}): object => ({
  nodeName: given.node,
  automountServiceAccountToken: false,
  containers: [container],
  ...more,
})

/** A file with a pod of this spec. */
export function podFile(spec: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'crac-preflight-pod-')), 'pod.yaml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'orders' }, spec }))
  return file
}

/** `check` of what --kubernetes names. */
export const check = (
  named: string,
  more: string[] = [],
  {
    kubeconfig = given.admin,
    onStart,
  }: { kubeconfig?: string; onStart?: (child: ChildProcess) => void } = {},
): Promise<Result> =>
  run(['check', '--kubernetes', named, ...more], {
    env: { KUBECONFIG: kubeconfig },
    timeoutMs: 150_000,
    ...(onStart !== undefined && { onStart }),
  })

/** The names of what is there of ours. */
export async function left(): Promise<string[]> {
  const labelSelector = 'app.kubernetes.io/managed-by=crac-preflight'
  const pods = await core.listNamespacedPod({ namespace: 'default', labelSelector })
  const maps = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector })
  return [...pods.items, ...maps.items].map(({ metadata }) => metadata?.name ?? '')
}
