import { Writable } from 'node:stream'
import { demultiplex, isUnknown, reason, type Docker, type DockerContainer } from '../engine.js'
import { ownLabel } from '../leftovers/leftovers.js'
import { attach } from './attach.js'
import { SidecarConnection } from './connection.js'
import { HelperImage, removeHelperImages } from './sidecar-image.js'

const ENDED =
  'The sidecar container has ended: the Docker engine does not answer any more, or the container was removed. Look at the engine and run the check again.'

/** A container of our own program, that speaks over its standard input and output and ends with them. */
export interface Helper {
  connection: SidecarConnection
  end(): Promise<void>
}

/** What a helper may do and see, beyond nothing. */
export interface Rights {
  NetworkMode: string
  SecurityOpt: string[]
  PidMode?: string
  CapAdd?: string[]
}

/** Starts one with the first of these rights whose capabilities the engine knows. */
export async function startHelper(docker: Docker, choices: Rights[]): Promise<Helper> {
  const container = await create(docker, [...choices])
  try {
    const wire = await attach(docker, container)
    const connection = new SidecarConnection(
      wire,
      (frames) => demultiplex(container, wire, frames, nobody()),
      ENDED,
    )
    await container.start()
    await connection.ask('now')
    return { connection, end: () => end(docker, container, connection) }
  } catch (error) {
    await container.remove({ force: true }).catch(() => undefined)
    throw error
  }
}

const nobody = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

/** The image may be removed by another harness between its import and its use. */
async function create(docker: Docker, choices: Rights[]): Promise<DockerContainer> {
  const image = await HelperImage.read()
  for (let imports = 0; ;)
    try {
      return await docker.createContainer(options(image.name, choices[0]))
    } catch (error) {
      if (isUnknown(error) && imports++ < 5) await image.import(docker)
      else if (/capability/i.test(reason(error)) && choices.length > 1) choices.shift()
      else throw error
    }
}

const options = (image: string, rights: Rights | undefined) => ({
  Image: image,
  Labels: ownLabel(),
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  // It ends when the harness does, however that ends.
  StdinOnce: true,
  HostConfig: {
    AutoRemove: true,
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    // What it says is for the harness alone.
    LogConfig: { Type: 'none', Config: {} },
    ...rights,
  },
})

async function end(docker: Docker, container: DockerContainer, connection: SidecarConnection): Promise<void> {
  const removed = container.wait({ condition: 'removed' }).catch(() => undefined)
  const late = new Promise((resolve) => setTimeout(resolve, 5000).unref())
  await Promise.race([connection.close().then(() => removed), late])
  await container.remove({ force: true }).catch(() => undefined)
  await removeHelperImages(docker).catch(() => undefined)
}
