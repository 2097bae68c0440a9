import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { ContainerRuntimeClient } from 'testcontainers'
import { AppError } from '../../model/errors.js'
import { connectEngine, isUnknown, reason, type Docker, type DockerContainer } from './engine.js'
import { ownLabel, removeLeftovers } from './leftovers/leftovers.js'
import { loadTestcontainers } from './testcontainers.js'

/** What an image says about itself, and its files. */
export interface Image {
  id: string
  entrypoint: string[]
  cmd: string[]
  env: Record<string, string>
  cwd: string
  files: Files
  /** Runs a command in the image, without network, a minute at most; what it prints on standard output. */
  run: (command: string[], timeoutMs?: number) => Promise<string>
}

/** Files of an image, or of a container of it. */
export interface Files {
  /** The path with links followed; null where nothing is. */
  locate(path: string): Promise<string | null>
  /** A small file's text; empty where there is none. */
  read(path: string, encoding?: BufferEncoding): Promise<string>
}

/** Looks into an image without running it. */
class ImageFiles implements Files {
  constructor(private readonly container: DockerContainer) {}

  async locate(path: string): Promise<string | null> {
    try {
      const answer = (await this.container.infoArchive({ path })) as unknown as {
        headers: Record<string, string | undefined>
        resume?: () => void
      }
      answer.resume?.()
      const told = Buffer.from(answer.headers['x-docker-container-path-stat'] ?? '', 'base64').toString(
        'utf8',
      )
      const { linkTarget } = JSON.parse(told) as { linkTarget: string }
      return linkTarget === '' ? path : linkTarget
    } catch (error) {
      if (isUnknown(error)) return null
      throw error
    }
  }

  async read(path: string, encoding: BufferEncoding = 'utf8'): Promise<string> {
    try {
      const archive = await buffer(await this.container.getArchive({ path }))
      const size = parseInt(archive.toString('latin1', 124, 136), 8)
      return archive.toString(encoding, 512, 512 + size)
    } catch (error) {
      if (isUnknown(error)) return ''
      throw error
    }
  }
}

/** Inspects an image, which is pulled where it is not there, and lends its files. */
export async function withImage<T>(
  name: string,
  pull: 'missing' | 'always',
  look: (image: Image) => Promise<T>,
): Promise<T> {
  const client = await connectEngine()
  const docker = client.container.dockerode
  await removeLeftovers(docker)
  await provide(client, name, pull)
  const { Id, Config, Architecture } = await docker.getImage(name).inspect()
  assertArchitecture(name, Architecture)
  const container = await lend(docker, name)
  try {
    return await look({
      id: Id,
      entrypoint: words(Config.Entrypoint),
      cmd: words(Config.Cmd),
      env: Object.fromEntries(words(Config.Env).map(parsePair)),
      cwd: Config.WorkingDir || '/',
      files: new ImageFiles(container),
      run: (command, timeoutMs = 60_000) => run(docker, name, command, timeoutMs),
    })
  } finally {
    await container.remove({ force: true, v: true })
  }
}

async function provide(
  client: ContainerRuntimeClient,
  name: string,
  pull: 'missing' | 'always',
): Promise<void> {
  const { ImageName } = await loadTestcontainers()
  try {
    await client.image.pull(ImageName.fromString(name), { force: pull === 'always', platform: undefined })
  } catch (error) {
    throw new AppError(
      'APP_NOT_STARTED',
      `The image ${name} is not there and can't be pulled: ${reason(error)}. Build or load it, or correct its name.`,
      '',
      { cause: error },
    )
  }
}

const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

function assertArchitecture(name: string, architecture: string): void {
  const own = ARCHITECTURES[process.arch]
  if (architecture === own) return
  throw new AppError(
    'APP_NOT_STARTED',
    `The image ${name} is made for ${architecture}, this machine is ${own ?? process.arch}. Build the image for this machine.`,
  )
}

/** A container that never runs: the engine shows files of containers only. */
async function lend(docker: Docker, name: string): Promise<DockerContainer> {
  try {
    return await docker.createContainer({ Image: name, Entrypoint: ['/'], Labels: ownLabel() })
  } catch (error) {
    throw new AppError(
      'APP_NOT_STARTED',
      `No container can be made of the image ${name}: ${reason(error)}.`,
      '',
      { cause: error },
    )
  }
}

async function run(
  docker: Docker,
  name: string,
  [program = '', ...args]: string[],
  timeoutMs: number,
): Promise<string> {
  const container = await docker.createContainer({
    Image: name,
    Entrypoint: [program],
    Cmd: args,
    Env: ['JAVA_TOOL_OPTIONS=', 'JDK_JAVA_OPTIONS='],
    Labels: ownLabel(),
    HostConfig: { NetworkMode: 'none' },
  })
  try {
    await container.start()
    const abortSignal = AbortSignal.timeout(timeoutMs)
    await container.wait({ abortSignal }).catch((error: unknown) => {
      if (!abortSignal.aborted) throw error
      throw new AppError(
        'APP_NOT_STARTED',
        `The command "${[program, ...args].join(' ')}", run in the image ${name}, has not ended within ${timeoutMs / 1000} s. Look whether it does in a container of that image.`,
        '',
        { cause: error },
      )
    })
    return withoutFrames(await container.logs({ stdout: true }))
  } finally {
    await container.remove({ force: true, v: true })
  }
}

/** The engine sends output in frames: four bytes of kind, four of length, the text. */
export function withoutFrames(bytes: Buffer): string {
  const texts: Buffer[] = []
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
    texts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at + 4)))
  return Buffer.concat(texts).toString('utf8')
}

/** Both forms that the engine's interface knows for a command. */
export const words = (given: string | string[] | null | undefined): string[] =>
  typeof given === 'string' ? [given] : (given ?? [])

function parsePair(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** The executable that a command would run in the image, links followed; null where there is none. */
export async function locateExecutable(
  files: Files,
  name: string,
  cwd: string,
  path: string,
): Promise<string | null> {
  const candidates = name.includes('/')
    ? [posix.resolve(cwd, name)]
    : path.split(':').map((folder) => posix.join(posix.resolve(cwd, folder), name))
  for (const candidate of candidates) {
    const found = await files.locate(candidate)
    if (found !== null) return found
  }
  return null
}
