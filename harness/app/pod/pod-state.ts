import type { CoreV1Event, V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../model/errors.js'
import type { Exit } from '../exit.js'
import type { Cluster } from './client.js'
import { refusal, statusOf } from './refusal.js'

const POLL_MS = 300

/** Why a container waits that will not run by waiting on. */
const IN_VAIN =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|CreateContainer(Config)?Error|RunContainerError|CrashLoopBackOff|StartError)$/

/** One pod, and in it one container. */
export interface PodName {
  pod: string
  container: string
}

/** Resolves when the container runs. What keeps it from that is said in the words of the cluster's events. */
export async function untilRunning(cluster: Cluster, name: PodName, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const pod = await readPod(cluster, name.pod)
    if (pod === null) throw notStarted(`The pod ${name.pod} was removed while it was starting.`)
    const { phase } = pod.status ?? {}
    const state = statusIn(pod, name.container)?.state
    if (state?.running) return
    const ended = state?.terminated
    if (ended)
      throw notStarted(
        `The container ${name.container} of the pod ended before its first instruction: ${ended.reason ?? ''} ${ended.message ?? `exit status ${ended.exitCode}`}${await eventsOf(cluster, name.pod)}`,
      )
    if (phase === 'Failed' || phase === 'Succeeded')
      throw notStarted(
        `The pod ${name.pod} has ended before its container ran: ${pod.status?.reason ?? phase}: ${pod.status?.message ?? ''}${await eventsOf(cluster, name.pod)}`,
      )
    const stuck = [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
    ].find((each) => IN_VAIN.test(each.state?.waiting?.reason ?? ''))
    if (stuck)
      throw notStarted(
        `The container ${stuck.name} of the pod can't be started: ${stuck.state?.waiting?.reason}: ${stuck.state?.waiting?.message ?? ''}. Its image is ${stuck.image}.${await eventsOf(cluster, name.pod)}`,
      )
    if (performance.now() > end)
      throw notStarted(
        `The pod ${name.pod} was not running within ${timeoutMs / 1000} s: it is ${phase ?? 'unknown'}${conditionsOf(pod)}${await eventsOf(cluster, name.pod)} Give it longer with --timeout, or look at the cluster.`,
      )
    await sleep(POLL_MS)
  }
}

/** How the container ends, as kubelet says it; resolves also where the pod is gone, never rejects. */
export async function exitOf(cluster: Cluster, name: PodName): Promise<Exit> {
  for (let failures = 0; ;) {
    try {
      const pod = await readPod(cluster, name.pod)
      if (pod === null) return 'unknown: the pod was removed'
      const ended = statusIn(pod, name.container)?.state?.terminated
      if (ended)
        return ended.reason === 'OOMKilled'
          ? `${ended.exitCode}: out of memory, killed by the kernel`
          : ended.exitCode
      if (pod.status?.phase === 'Failed')
        return `unknown: ${pod.status.reason ?? ''} ${pod.status.message ?? ''}`.trim()
      failures = 0
    } catch (error) {
      if (++failures > 5) return `unknown: the cluster does not answer (${(error as Error).message})`
    }
    await sleep(POLL_MS)
  }
}

async function readPod(cluster: Cluster, name: string): Promise<V1Pod | null> {
  try {
    return await cluster.core.readNamespacedPod({ name, namespace: cluster.namespace })
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw refusal(cluster, `The pod ${name} can't be read`, error)
  }
}

const statusIn = (pod: V1Pod, container: string): V1ContainerStatus | undefined =>
  pod.status?.containerStatuses?.find(({ name }) => name === container)

/** Why it is not scheduled, for instance. */
const conditionsOf = (pod: V1Pod): string =>
  (pod.status?.conditions ?? [])
    .filter(({ status, message }) => status === 'False' && message)
    .map(({ message }) => ` (${message ?? ''})`)
    .slice(0, 1)
    .join('')

/** The last words of the cluster on it; nothing where events may not be read. */
async function eventsOf({ core, namespace }: Cluster, pod: string): Promise<string> {
  const fieldSelector = `involvedObject.name=${pod}`
  const { items } = await core
    .listNamespacedEvent({ namespace, fieldSelector })
    .catch(() => ({ items: [] as CoreV1Event[] }))
  const warnings = items
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`)
  const last = [...new Set(warnings)].slice(-3)
  return last.length === 0 ? '.' : `. The cluster's events: ${last.join(' | ')}`
}

const notStarted = (text: string): AppError => new AppError('APP_NOT_STARTED', text)
