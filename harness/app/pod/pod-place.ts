import { randomBytes } from 'node:crypto'
import { posix, join } from 'node:path'
import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node'
import type { PodApp } from '../spec.js'
import type { Place } from '../container/machine.js'
import { SidecarConnection } from '../container/sidecar/connection.js'
import { SidecarHost } from '../container/sidecar/sidecar-host.js'
import { gateOf } from '../container/processes.js'
import { packageRoot } from '../../host/package-root.js'
import { startGuardProcess } from '../../host/guard-process.js'
import { AppError } from '../../model/errors.js'
import { startOf } from '../../host/harness-process.js'
import { openCluster, type Cluster } from './client.js'
import { COMMAND, containerOf, FOLDER, podOf, PROBES, probesOf } from './pod.js'
import { GATE, readProbes, SIDECAR } from './probes.js'
import { refusal, statusOf } from './refusal.js'
import { readTemplate } from './template.js'
import { untilRunning, type PodName } from './pod-state.js'
import { PodWire } from './wire.js'

/** Longer than any check: the pod ends then, whatever has become of the harness. */
const DEADLINE_SECONDS = 3600

const ENDED =
  'The sidecar in the pod has ended: the cluster does not answer any more, or the pod was removed. Look at the cluster and run the check again.'

/** A pod whose app is held at its first instruction, and the sidecar program beside it. */
export interface HeldPod extends PodName {
  cluster: Cluster
  connection: SidecarConnection
  wire: PodWire
  host: SidecarHost
  /** The gate, as the pod numbers it. */
  pid: number
  template: V1PodTemplateSpec
}

export interface PodPlace extends Place {
  held: HeldPod
}

/** Starts the pod and the sidecar program in it. What the app is to run is told later, when its files have been seen. */
export async function openPod(spec: PodApp, folder: string): Promise<PodPlace> {
  const cluster = await openCluster(spec)
  const template = await readTemplate(spec.kubernetes, cluster)
  const container = containerOf(template, spec.container).name
  const name: PodName = { pod: `crac-preflight-${randomBytes(5).toString('hex')}`, container }
  const dismissGuard = guardPod(cluster, name.pod)
  let host: SidecarHost | undefined
  let connection: SidecarConnection | undefined
  let wire: PodWire | undefined
  const close = async (): Promise<void> => {
    await host?.forget()
    await remove(cluster, name.pod)
    await connection?.close()
    dismissGuard()
  }
  try {
    await create(cluster, name, template)
    await untilRunning(cluster, name, spec.timeoutMs ?? 60_000)
    const opened = await PodWire.open(cluster, {
      ...name,
      command: [posix.join(PROBES, SIDECAR), '--inside'],
    })
    wire = opened
    connection = new SidecarConnection(opened, (frames) => void opened.pipe(frames), ENDED)
    host = new SidecarHost(connection, folder)
    const pid = await gateOf(1, host)
    await host.adopt(pid, FOLDER)
    return {
      host,
      situation: 'pod',
      told: `the app is observed from within its pod, ${cluster.namespace}/${name.pod}`,
      close,
      held: { ...name, cluster, connection, wire, host, pid, template },
    }
  } catch (error) {
    await close().catch(() => undefined)
    const [failure] = wire?.failures ?? []
    if (failure === undefined) throw error
    throw new AppError(
      'APP_NOT_STARTED',
      `The sidecar program can't be run in the container ${container} of the pod: ${failure}`,
      '',
      { cause: error },
    )
  }
}

/** Lets the gate become the app: its command, and what is new in its environment. */
export async function tellCommand(
  { host }: HeldPod,
  folder: string,
  { command, env }: { command: string[]; env: Record<string, string> },
): Promise<void> {
  const file = join(folder, COMMAND)
  await host.create(file)
  const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  for (const word of [...environment, '', ...command]) await host.append(file, word)
}

/** The pod first: the ConfigMap belongs to it, and kubelet waits for it. */
async function create(
  cluster: Cluster,
  { pod: name, container }: PodName,
  template: V1PodTemplateSpec,
): Promise<void> {
  const { core, namespace } = cluster
  const contents = await readProbes()
  const plan = {
    name,
    container,
    gate: posix.join(PROBES, GATE),
    probes: [...contents.keys()],
    deadlineSeconds: DEADLINE_SECONDS,
  }
  let pod: V1Pod
  try {
    pod = await core.createNamespacedPod({ namespace, body: podOf(template, plan) })
  } catch (error) {
    throw refusal(cluster, 'The pod can’t be made', error)
  }
  try {
    await insist(() => core.createNamespacedConfigMap({ namespace, body: probesOf(pod, contents) }))
  } catch (error) {
    throw refusal(cluster, 'The ConfigMap with the probes can’t be made', error)
  }
}

/** A refusal may come before a long request is through, and end its connection: the answer is heard the next time. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 3; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || statusOf(error) !== undefined) throw error
    }
  }
}

/** Both; one that is not there is removed already. */
export async function remove(
  { core, namespace }: Pick<Cluster, 'core' | 'namespace'>,
  name: string,
): Promise<void> {
  await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 5 }).catch(() => undefined)
  await core.deleteNamespacedConfigMap({ name, namespace }).catch(() => undefined)
}

/** Removes them when the harness has ended, however that came. */
function guardPod({ context, namespace }: Cluster, name: string): () => void {
  const program = join(packageRoot, 'dist', 'harness', 'app', 'pod', 'guard-main.js')
  return startGuardProcess(program, [String(process.pid), startOf('self'), context, namespace, name]).dismiss
}
