import type { V1ConfigMap, V1Container, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node'
import { posix } from 'node:path'
import { UsageError } from '../../model/errors.js'

/** Where the app finds the harness's files. */
const OURS = '/.crac-preflight'
export const PROBES = `${OURS}/probes`
export const FOLDER = `${OURS}/run`
/** The command that the gate reads when it is released. */
export const COMMAND = 'command'

/** Volumes; no name of a template begins so. */
const VOLUMES = { probes: 'crac-preflight-probes', run: 'crac-preflight-run', image: 'crac-preflight-image' }

/** What is made of a template. */
export interface PodPlan {
  /** The pod's own, and its ConfigMap's. */
  name: string
  /** Which container is the app's; the first unless given. */
  container?: string | undefined
  /** The gate as the app's machine knows it. */
  gate: string
  /** The probes by their path below the folder of all probes. */
  probes: string[]
  /** After so many seconds the cluster ends it, whatever has become of the harness. */
  deadlineSeconds: number
}

/** The container of a template that is to be checked. */
export function containerOf({ spec }: V1PodTemplateSpec, name?: string): V1Container {
  const containers = spec?.containers ?? []
  const found = name === undefined ? containers[0] : containers.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new UsageError(
    `There is no container "${name ?? ''}" in the pod template. It has ${containers.map((each) => each.name).join(', ') || 'none'}.`,
  )
}

/**
 * The pod that is checked: the template's own, with the gate as the command of one container and the probes beside it. It
 * has none of the template's labels: services would send it requests by them, and a ReplicaSet take it for one of its own.
 */
export function podOf(template: V1PodTemplateSpec, plan: PodPlan): V1Pod {
  const chosen = containerOf(template, plan.container)
  const { spec } = structuredClone(template)
  if (spec === undefined) throw new UsageError('The pod template has no spec.')
  delete spec.hostPID
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: plan.name,
      labels: { 'app.kubernetes.io/managed-by': 'crac-preflight' },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
    },
    spec: {
      ...spec,
      restartPolicy: 'Never',
      activeDeadlineSeconds: plan.deadlineSeconds,
      terminationGracePeriodSeconds: 5,
      // The app is the first process that the sidecar program sees.
      shareProcessNamespace: false,
      containers: spec.containers.map((each) => (each.name === chosen.name ? gated(each, plan) : each)),
      volumes: [
        ...(spec.volumes ?? []),
        {
          name: VOLUMES.probes,
          configMap: {
            name: plan.name,
            defaultMode: 0o555,
            items: plan.probes.map((path) => ({ key: keyOf(path), path })),
          },
        },
        { name: VOLUMES.run, emptyDir: {} },
        { name: VOLUMES.image, emptyDir: {} },
      ],
    },
  }
}

const HELD: readonly string[] = ['args', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle']

/** What kubelet asks of an app it would ask of the gate, too, and end it. */
function gated(container: V1Container, { gate }: PodPlan): V1Container {
  const rest = Object.fromEntries(
    Object.entries(container).filter(([key]) => !HELD.includes(key)),
  ) as unknown as V1Container
  return {
    ...rest,
    command: [gate, '--from', posix.join(FOLDER, COMMAND)],
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: VOLUMES.probes, mountPath: PROBES, readOnly: true },
      { name: VOLUMES.run, mountPath: FOLDER },
      { name: VOLUMES.image, mountPath: `${FOLDER}/image` },
    ],
  }
}

/** The probes of a pod, which goes with it: the cluster removes what belongs to a pod that is gone. */
export function probesOf(pod: V1Pod, contents: Map<string, Buffer>): V1ConfigMap {
  const { name = '', uid = '' } = pod.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      labels: pod.metadata?.labels ?? {},
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }],
    },
    immutable: true,
    binaryData: Object.fromEntries(
      [...contents].map(([path, content]) => [keyOf(path), content.toString('base64')]),
    ),
  }
}

/** A key has no slash. */
const keyOf = (path: string): string => path.replaceAll('/', '.')
