import type { GenericContainer } from 'testcontainers'
import type { ConfiguredContainer, ContainerApp } from '../spec.js'
import { words, type Image } from './image.js'
import { ownLabel } from './leftovers/leftovers.js'
import { loadTestcontainers } from './testcontainers.js'

/** What a container of testcontainers keeps to itself, and the moments at which it calls its subclasses. */
interface Insides {
  createOpts: {
    Image: string
    Entrypoint?: string | string[]
    Cmd?: string | string[]
    Env?: string[]
    Labels?: Record<string, string>
    WorkingDir?: string
    NetworkingConfig?: { EndpointsConfig: Record<string, { Aliases: string[] }> }
  }
  hostConfig: {
    Mounts?: Mount[]
    PortBindings?: Record<string, { HostIp?: string; HostPort: string }[]>
    ReadonlyRootfs?: boolean
    Init?: boolean
    Memory?: number
    CapAdd?: string[]
    SecurityOpt?: string[]
    LogConfig?: { Type: string; Config: Record<string, string> }
  }
  containerCreated?: (id: string) => Promise<void>
  containerStarting?: () => Promise<void>
}

type Mount =
  | { Type: 'bind'; Source: string; Target: string; ReadOnly: boolean }
  | { Type: 'volume'; Source: ''; Target: string; VolumeOptions: { Labels: Record<string, string> } }

/** A folder that must be there: another form of mount would make one, for a run that has been given up, too. */
export const ownFolder = (source: string, target: string, readOnly: boolean): Mount => ({
  Type: 'bind',
  Source: source,
  Target: target,
  ReadOnly: readOnly,
})

/** A volume of its own, which goes with the container. */
export const ownVolume = (target: string): Mount => ({
  Type: 'volume',
  Source: '',
  Target: target,
  VolumeOptions: { Labels: ownLabel() },
})

const insidesOf = (container: ConfiguredContainer): Insides => container as unknown as Insides

/** The container that the user describes, or a copy of the one that the user has configured. */
export async function configure(spec: ContainerApp): Promise<GenericContainer> {
  const container = spec.container ? copy(spec.container) : await fromOptions(spec)
  const { hostConfig, createOpts } = insidesOf(container)
  container.withEnvironment(spec.env ?? {}).withLabels(ownLabel())
  if (spec.cwd !== undefined) createOpts.WorkingDir = spec.cwd
  // Code that asks for all addresses configures the container; then it is not changed.
  if (!spec.container)
    for (const bindings of Object.values(hostConfig.PortBindings ?? {}))
      for (const binding of bindings) binding.HostIp = '127.0.0.1'
  return container
}

async function fromOptions(spec: ContainerApp): Promise<GenericContainer> {
  const { GenericContainer } = await loadTestcontainers()
  // What is ours has our own label, and is removed by us; no helper image is pulled for it.
  const container = new GenericContainer(spec.image).withAutoCleanup(false).withWaitStrategy(noWait)
  if (spec.ports) container.withExposedPorts(...spec.ports)
  if (spec.user !== undefined) container.withUser(spec.user)
  const binds = spec.binds ?? []
  container.withBindMounts(binds.filter((bind) => !hasColon(bind)))
  if (spec.tmpfs) container.withTmpFs(spec.tmpfs)
  if (spec.network !== undefined) container.withNetworkMode(spec.network)
  if (spec.labels) container.withLabels(spec.labels)
  const { hostConfig, createOpts } = insidesOf(container)
  // Testcontainers would put a container with an alias into the default network as well.
  if (spec.network !== undefined && spec.networkAliases)
    createOpts.NetworkingConfig = { EndpointsConfig: { [spec.network]: { Aliases: spec.networkAliases } } }
  const others = binds.filter(hasColon)
  if (others.length > 0)
    hostConfig.Mounts = others.map(({ source, target, mode }) => ownFolder(source, target, mode === 'ro'))
  if (spec.readOnly !== undefined) hostConfig.ReadonlyRootfs = spec.readOnly
  if (spec.init !== undefined) hostConfig.Init = spec.init
  if (spec.memory !== undefined) hostConfig.Memory = spec.memory
  // The engine's own copy, which nobody reads, must not fill its disk either.
  hostConfig.LogConfig = { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } }
  return container
}

/** The engine takes a bind as one text with colons between its parts; a mount has a field for each, but makes no folder. */
const hasColon = ({ source, target }: { source: string; target: string }): boolean =>
  `${source}${target}`.includes(':')

/** The harness waits by its own means, as the image may have no shell. */
const noWait = {
  waitUntilReady: () => Promise.resolve(),
  withStartupTimeout: () => noWait,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
}

/** A configured container may be booted several times; each time it is changed. */
function copy(container: ConfiguredContainer): GenericContainer {
  const { createOpts, hostConfig } = insidesOf(container)
  return Object.assign(
    Object.create(Object.getPrototypeOf(container) as object) as GenericContainer,
    container,
    {
      createOpts: { ...createOpts },
      hostConfig: { ...hostConfig },
    },
  )
}

/** What the container would have run. A given entry point drops the image's CMD, as Docker does. */
export function commandOf(container: GenericContainer, spec: ContainerApp, image: Image): string[] {
  const { createOpts } = insidesOf(container)
  const entrypoint = createOpts.Entrypoint === undefined ? image.entrypoint : words(createOpts.Entrypoint)
  const own = spec.command ?? (createOpts.Cmd === undefined ? undefined : words(createOpts.Cmd))
  return [...entrypoint, ...(own ?? (createOpts.Entrypoint === undefined ? image.cmd : []))]
}

/** The image that it is made of: a configured container's own, whatever name the report is to have. */
export const imageOf = (spec: ContainerApp): string =>
  spec.container ? insidesOf(spec.container).createOpts.Image : spec.image

/** The folder that the container's command starts in. */
export const workingFolderOf = (container: GenericContainer, image: Image): string =>
  insidesOf(container).createOpts.WorkingDir ?? image.cwd

/** What the engine gives a container of an image that says no PATH. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The environment that the container would have had. */
export function environmentOf(
  container: GenericContainer,
  image: Image,
): Record<string, string> & { PATH: string } {
  const given = insidesOf(container).createOpts.Env ?? []
  const pairs = given.map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)] as const)
  return { PATH, ...image.env, ...Object.fromEntries(pairs) }
}

export interface Gating {
  entrypoint: string[]
  command: string[]
  env: Record<string, string>
  mounts: Mount[]
  created: (id: string) => Promise<void>
  /** Called when the container runs; testcontainers waits for it. */
  starting: () => Promise<void>
}

/**
 * Gives a container what CRIU needs in it: the capabilities, none of the engine's filters of system calls, as only the
 * machine's superuser may look behind one, and an init, as no first process can come back below another. The launcher of a
 * CRaC JDK is one itself.
 */
export function letBeImaged(
  container: GenericContainer,
  { capabilities, init }: { capabilities: string[]; init: boolean },
): void {
  const { hostConfig } = insidesOf(container)
  hostConfig.CapAdd = [...(hostConfig.CapAdd ?? []), ...capabilities]
  hostConfig.SecurityOpt = [...(hostConfig.SecurityOpt ?? []), 'seccomp=unconfined']
  if (init) hostConfig.Init = true
}

/** Puts the gate before what the container runs, and the harness's folders into it. */
export function putBehindGate(container: GenericContainer, gating: Gating): void {
  const insides = insidesOf(container)
  container.withEntrypoint(gating.entrypoint).withCommand(gating.command).withEnvironment(gating.env)
  const { hostConfig } = insides
  hostConfig.Mounts = [...(hostConfig.Mounts ?? []), ...gating.mounts]
  const { containerCreated, containerStarting } = insides
  insides.containerCreated = async (id) => {
    await containerCreated?.call(container, id)
    await gating.created(id)
  }
  insides.containerStarting = async () => {
    await gating.starting()
    await containerStarting?.call(container)
  }
}
