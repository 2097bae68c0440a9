import { setTimeout as sleep } from 'node:timers/promises'
import { forLibc, probesRoot, type Libc } from '../../host/probe-folders.js'
import { AppError } from '../../model/errors.js'
import { Tunnel } from '../container/sidecar/tunnel.js'
import type { Exit, HeldApp } from '../held.js'
import { AppOutput } from '../output.js'
import { containerOf, FOLDER, PROBES } from './pod.js'
import { remove, tellCommand, type HeldPod } from './pod-place.js'
import { exitOf } from './pod-state.js'
import { refusal } from './refusal.js'

export interface PodRequest {
  /** Of its JVM: which of our libraries it loads. */
  libc: Libc
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  /** What the harness adds to the environment. */
  env: Record<string, string>
  /** The harness's own folder, for what the JVM writes for it. */
  folder: string
  logFile: string
  maxOutputBytes?: number | undefined
  /** Ports to be reached from here; those that the container's template names unless given. */
  ports?: number[] | undefined
}

/** The pod's app, told what to run and ready to be released. */
export async function holdPod(pod: HeldPod, request: PodRequest): Promise<HeldApp> {
  const { folder, libc } = request
  const inside = (text: string) =>
    forLibc(text, libc).replaceAll(probesRoot, PROBES).replaceAll(folder, FOLDER)
  await tellCommand(pod, folder, {
    command: request.command.map(inside),
    env: Object.fromEntries(Object.entries(request.env).map(([name, value]) => [name, inside(value)])),
  })
  const output = await AppOutput.create(request.logFile, request.maxOutputBytes)
  const following = await follow(pod, output)
  const declared =
    containerOf(pod.template, pod.container).ports?.map(({ containerPort }) => containerPort) ?? []
  const ports = request.ports?.length ? request.ports : declared
  const tunnel = await Tunnel.through(pod.connection, '127.0.0.1', ports)
  const exited = exitOf(pod.cluster, pod).then(async (exit) => {
    // What it printed last may still be on its way.
    await Promise.race([following.ended, sleep(2000)])
    following.stop()
    await output.close()
    return exit
  })
  pod.wire.endAfter(exited)
  let stopping: Promise<Exit> | undefined
  const stop = () => (stopping ??= end(pod, tunnel, exited))
  return {
    pid: pod.pid,
    release: () => ({
      pid: pod.pid,
      root: `/proc/${pod.pid}/root`,
      host: pod.host,
      output,
      exited,
      remaking: 'an app in a pod is not restored: that takes the right to run CRIU there',
      address: (port) => tunnel.reach(port) ?? notDeclared(port),
      inside,
      stop,
      started: pod.host.kill(pod.pid, 'SIGCONT'),
    }),
    stop: async () => {
      await stop()
    },
  }
}

/** SIGTERM, and then the pod's removal, with which kubelet kills what is left. */
async function end(pod: HeldPod, tunnel: Tunnel, exited: Promise<Exit>): Promise<Exit> {
  await tunnel.close()
  await pod.host.kill(pod.pid, 'SIGTERM').catch(() => undefined)
  await Promise.race([exited, sleep(5000)])
  await remove(pod.cluster, pod.pod)
  return await exited
}

async function follow({ cluster, pod, container }: HeldPod, output: AppOutput) {
  let ended: () => void = () => undefined
  const end = new Promise<void>((resolve) => (ended = resolve))
  const file = output.writer()
  file.on('close', ended).on('error', ended)
  try {
    const following = await cluster.log.log(cluster.namespace, pod, container, file, { follow: true })
    return { ended: end, stop: () => following.abort() }
  } catch (error) {
    await output.close()
    throw refusal(
      cluster,
      `What the app of the pod ${pod} prints can't be read`,
      error,
      'get resource "pods/log"',
    )
  }
}

function notDeclared(port: number): never {
  throw new AppError(
    'WARM_UP_FAILED',
    `Port ${port} of the pod can't be reached from here. Add it to the container's "ports" in the template, or give --port ${port}.`,
  )
}
