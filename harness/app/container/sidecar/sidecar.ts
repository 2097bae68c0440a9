import { AppError } from '../../../model/errors.js'
import { isUnknown, reason, type Docker, type DockerContainer } from '../engine.js'
import { HelperImage, removeHelperImages } from './sidecar-image.js'
import { ownLabel } from '../leftovers/leftovers.js'
import { SidecarConnection, type Wire } from './connection.js'

/** Each with its reason in docs/containers.md. */
const TO_OBSERVE = ['SYS_PTRACE', 'DAC_OVERRIDE', 'KILL']
/** What tracing needs: newer engines know the two, older ones only what these were a part of before Linux 5.8. */
const TO_TRACE = [['BPF', 'PERFMON'], ['SYS_ADMIN']]

/** A container on the engine's machine that does what the harness can't do from where it is. */
export interface Sidecar {
  connection: SidecarConnection
  /** To be called by each who has opened it; the last one ends it. */
  close(): Promise<void>
}

interface Shared {
  started: Promise<{ container: DockerContainer; connection: SidecarConnection }>
  users: number
}

/** One for all apps of this harness that are traced, and one for those that are not. */
const shared = new Map<boolean, Shared>()

/** Starts the sidecar, or joins the others who use it. */
export async function openSidecar(docker: Docker, traces: boolean): Promise<Sidecar> {
  const one: Shared = shared.get(traces) ?? { started: start(docker, traces), users: 0 }
  shared.set(traces, one)
  one.users++
  const leave = () => {
    if (--one.users === 0 && shared.get(traces) === one) shared.delete(traces)
    return one.users === 0
  }
  try {
    const { container, connection } = await one.started
    // Who comes after its end starts another one.
    void connection.gone.then(() => shared.get(traces) === one && shared.delete(traces))
    return {
      connection,
      close: async () => {
        if (leave()) await end(docker, container, connection)
      },
    }
  } catch (error) {
    leave()
    throw error
  }
}

async function start(docker: Docker, traces: boolean) {
  const container = await create(docker, traces)
  try {
    const wire = await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    })
    const connection = new SidecarConnection(wire as Wire, docker.modem)
    await container.start()
    await connection.ask('now')
    return { container, connection }
  } catch (error) {
    await container.remove({ force: true }).catch(() => undefined)
    throw refused(error)
  }
}

/** The image may be removed by another harness between its import and its use. */
async function create(docker: Docker, traces: boolean): Promise<DockerContainer> {
  const image = await HelperImage.read()
  const choices = traces ? [...TO_TRACE] : [[]]
  for (let imports = 0; ;)
    try {
      return await docker.createContainer(options(image.name, [...(choices[0] ?? []), ...TO_OBSERVE]))
    } catch (error) {
      if (isUnknown(error) && imports++ < 5) await image.import(docker)
      else if (/capability/i.test(reason(error)) && choices.length > 1) choices.shift()
      else throw refused(error)
    }
}

const options = (image: string, capabilities: string[]) => ({
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
    PidMode: 'host',
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: capabilities,
    SecurityOpt: ['no-new-privileges'],
    // What it says is for the harness alone.
    LogConfig: { Type: 'none', Config: {} },
  },
})

async function end(docker: Docker, container: DockerContainer, connection: SidecarConnection): Promise<void> {
  const removed = container.wait({ condition: 'removed' }).catch(() => undefined)
  const late = new Promise((resolve) => setTimeout(resolve, 5000).unref())
  await Promise.race([connection.close().then(() => removed), late])
  await container.remove({ force: true }).catch(() => undefined)
  await removeHelperImages(docker).catch(() => undefined)
}

const refused = (error: unknown): AppError =>
  new AppError(
    'APP_NOT_STARTED',
    `The sidecar, through which an app on another machine or of another user is observed, can't be started: ${reason(error)}. docs/containers.md says what it needs.`,
    '',
    { cause: error },
  )
