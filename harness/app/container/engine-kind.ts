import type { Docker } from './engine.js'

/** What an engine is, by its own word: that decides what a container of it may do. */
export interface EngineKind {
  name: 'Docker' | 'Podman'
  version: string
  /** Run by an ordinary user, or with users of its own: root in its containers is nobody on the machine. */
  users: 'rootful' | 'rootless' | 'remapped'
  /** Of `apparmor`, `selinux` and `seccomp` those that it puts on its containers. */
  confinement: string[]
  cgroups: string
}

/** What both kinds of engine answer to `version` and `info`, as far as it is asked. */
interface Answers {
  version: { Version: string; Components?: { Name: string }[] | null }
  info: { SecurityOptions?: string[] | null; Rootless?: boolean; CgroupVersion?: string }
}

/** Podman serves Docker's interface, too, and says so among its components. */
export async function kindOf(docker: Docker): Promise<EngineKind> {
  const version = (await docker.version()) as Answers['version']
  const info = (await docker.info()) as Answers['info']
  const options = (info.SecurityOptions ?? []).map((text) => /^name=([^,]*)/.exec(text)?.[1] ?? text)
  const podman = (version.Components ?? []).some(({ Name }) => Name.startsWith('Podman'))
  return {
    name: podman ? 'Podman' : 'Docker',
    version: version.Version,
    users:
      info.Rootless === true || options.includes('rootless')
        ? 'rootless'
        : options.includes('userns')
          ? 'remapped'
          : 'rootful',
    confinement: ['apparmor', 'selinux', 'seccomp'].filter((name) => options.includes(name)),
    cgroups: info.CgroupVersion ?? '1',
  }
}
