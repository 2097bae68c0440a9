import type { Docker, DockerContainer } from '../container/engine.js'

type Inspected = Awaited<ReturnType<DockerContainer['inspect']>>

/**
 * A container of the same image, with the same files, ports and networks as one that is gone, that runs another command as
 * its superuser. Its own name of its host, which Docker makes of its id, is a new one.
 */
export async function createLike(
  docker: Docker,
  gone: Inspected,
  [program = '', ...options]: string[],
): Promise<DockerContainer> {
  const { Config, HostConfig, Id, Image, Name, NetworkSettings } = gone
  const own = Id.slice(0, 12)
  const networks = Object.entries(NetworkSettings.Networks as Record<string, { Aliases: string[] | null }>)
  const endpoints = networks.map(([name, { Aliases }]) => {
    const aliases = (Aliases ?? []).filter((alias) => alias !== own)
    // The engine's own network knows no names.
    return [name, aliases.length > 0 ? { Aliases: aliases } : {}] as const
  })
  const { Hostname, ...config } = Config
  return await docker.createContainer({
    ...config,
    ...(Hostname !== own && { Hostname }),
    name: Name.replace(/^\//, ''),
    Image,
    Entrypoint: [program],
    Cmd: options,
    User: '0',
    Env: ['LD_PRELOAD='],
    // Its first process is what brings the app back.
    HostConfig: { ...HostConfig, Init: false },
    ...(isNetwork(HostConfig.NetworkMode) && {
      NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) },
    }),
  })
}

/** Whether there is a network to be connected to: not the host's own, and not another container's. */
const isNetwork = (mode = 'default'): boolean => !/^(host|none|container:.*)$/.test(mode)
