/** What a test needs of the machine. Where it is missing the test is skipped and counted by its reason, or fails. */
import { test, type TestAPI } from 'vitest'

/** What a machine may lack. `PREFLIGHT_REQUIRE` names, with commas between, what this one must have. */
const capabilityNames = [
  ...[
    'bpf',
    'docker',
    'jdk17',
    'jdk21',
    'jdk25',
    'jmods',
    'musl',
    'debian-11',
    'arm64',
    'browser',
    'org-crac',
    'postgres',
    'remedies',
  ],
  ...[
    'jemalloc',
    'profiler',
    'root',
    'mounts',
    'namespaces',
    'chroot',
    'own-engine',
    'crac',
    'criu',
    'old-criu',
    'logs',
    'frameworks',
    'collector',
    'readers',
    'gradle',
    'cable',
    'podman',
    'podman-rootless',
    'docker-rootless',
  ],
  ...['kernel-5.10', 'kernel-6.1', 'kernel-6.12', 'kernel-newest'],
] as const
export type CapabilityName = (typeof capabilityNames)[number]

export interface Capability {
  name: CapabilityName
  /** Why this machine lacks it; null where it is there. */
  refusal: string | null
}

const required = (process.env.PREFLIGHT_REQUIRE ?? '').split(',').filter(Boolean)
const unknown = required.filter((name) => !(capabilityNames as readonly string[]).includes(name))
if (unknown.length > 0)
  throw new Error(
    `PREFLIGHT_REQUIRE names ${unknown.join(', ')}, which is no capability. There are: ${capabilityNames.join(', ')}.`,
  )

/** `test`, for what needs these capabilities. */
export function needing(...capabilities: Capability[]): TestAPI {
  const missing = capabilities.find(({ refusal }) => refusal !== null)
  if (missing === undefined) return test
  const why = `${missing.name}: ${missing.refusal ?? ''}`
  return test.extend<{ machine: undefined }>({
    machine: [
      async ({ skip }, use) => {
        if (required.includes(missing.name))
          throw new Error(`PREFLIGHT_REQUIRE says that this machine must have ${why}`)
        skip(why)
        await use(undefined)
      },
      { auto: true },
    ],
  }) as TestAPI
}

/** A capability that is there under a condition. */
export const capability = (name: CapabilityName, isThere: boolean, refusal: string): Capability => ({
  name,
  refusal: isThere ? null : refusal,
})

/** Root can become another user, mount, and see every process. */
export const root = capability('root', process.getuid?.() === 0, 'only root can do this')
