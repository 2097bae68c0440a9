import type { Docker, DockerContainer } from '../container/engine.js'

type Inspected = Awaited<ReturnType<DockerContainer['inspect']>>

/** How another container of an image is run: what is left out is as it was. */
export interface Running {
  command: string[]
  user?: string
  env: string[]
  init?: boolean
}

/** As a program of ours is run that brings an app back: the container's first process, as its superuser. */
export const asOurs = (command: string[]): Running => ({
  // What is preloaded into the app is not meant for it.
  ...{ command, user: '0', env: ['LD_PRELOAD='], init: false },
})

/**
 * A container of the same image, with the same files, ports and networks as one that is gone, that runs another command. Its
 * own name of its host, which Docker makes of its id, is a new one.
 */
export async function createLike(docker: Docker, gone: Inspected, how: Running): Promise<DockerContainer> {
  const [program = '', ...options] = how.command
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
    User: how.user ?? config.User,
    Env: how.env,
    HostConfig: { ...HostConfig, ...(how.init !== undefined && { Init: how.init }) },
    ...(isNetwork(HostConfig.NetworkMode) && {
      NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) },
    }),
  })
}

/** Whether there is a network to be connected to: not the host's own, and not another container's. */
const isNetwork = (mode = 'default'): boolean => !/^(host|none|container:.*)$/.test(mode)
