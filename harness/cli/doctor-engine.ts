import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectEngine } from '../app/container/engine.js'
import { kindOf, type EngineKind } from '../app/container/engine-kind.js'
import type { Diagnosis } from './doctor-summary.js'

/** Podman asks its runtime and its monitor for their versions first. */
const GIVEN_MS = 30_000

/** The only proof that there is an engine is its answer. */
export async function containerEngine(): Promise<Diagnosis> {
  const base = { what: 'Docker engine', needed: false }
  try {
    const { kind, host } = await Promise.race([ask(), late()])
    return { ...base, found: `${describe(kind)}, at ${host}`, ok: true, advice: null }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ...base, found: 'none', ok: false, advice: `Only needed for apps in containers. ${why}` }
  }
}

async function ask(): Promise<{ kind: EngineKind; host: string }> {
  const { container, info } = await connectEngine()
  return {
    kind: await kindOf(container.dockerode),
    host: process.env.DOCKER_HOST ?? info.containerRuntime.host,
  }
}

const USERS = {
  rootful: 'run by root',
  rootless: 'rootless (no eBPF: preload, through a sidecar)',
  remapped: 'with remapped users (no eBPF: preload, through a sidecar)',
}

function describe({ name, version, users, confinement, cgroups }: EngineKind): string {
  const by = confinement.length === 0 ? 'nothing' : confinement.join(', ')
  return `${name} ${version}, ${USERS[users]}, containers confined by ${by}, cgroups ${cgroups}`
}

async function late(): Promise<never> {
  await sleep(GIVEN_MS, undefined, { ref: false })
  throw new Error(`${process.env.DOCKER_HOST ?? 'The engine'} has not answered for ${GIVEN_MS / 1000} s.`)
}

/** What this machine's kernel says of the two modules that confine containers by labels and profiles. */
export async function confinement(): Promise<Diagnosis> {
  const apparmor = { Y: 'on', N: 'off' }[await told('/sys/module/apparmor/parameters/enabled')]
  const selinux = { '1': 'enforcing', '0': 'permissive' }[await told('/sys/fs/selinux/enforce')]
  const found = `AppArmor ${apparmor ?? 'not there'}, SELinux ${selinux ?? 'not there'}`
  return { what: 'security modules', found, ok: true, needed: false, advice: null }
}

/** Empty where the kernel has no such file. */
const told = (path: string): Promise<string> =>
  readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => '',
  )
