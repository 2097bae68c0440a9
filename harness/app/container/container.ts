import { randomUUID } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { GenericContainer } from 'testcontainers'
import { AppError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { probesFolder } from '../../host/package-root.js'
import { forLibc, muslFolder, probesRoot, type Libc } from '../../host/probe-folders.js'
import type { HeldApp } from '../held.js'
import type { Lent } from '../remaking/remade-container.js'
import { AppOutput } from '../output.js'
import { connectEngine, publishedOn, reason, type Docker } from './engine.js'
import { letBeImaged, ownFolder, ownVolume, putBehindGate } from './configured-container.js'
import { gateOf } from './processes.js'
import { putProbes } from './probes.js'
import { SidecarHost } from './sidecar/sidecar-host.js'
import { StartedContainer } from './started-container.js'

/** Where the app finds the harness's files. Not below /tmp, which may be in memory and then not hold libraries. */
const OURS = '/.crac-preflight'
const PROBES = `${OURS}/probes`
const FOLDER = `${OURS}/run`
const CRIU = `${OURS}/criu`
/** What CRIU needs in a container, beside what every container has. */
const CAPABILITIES = ['CHECKPOINT_RESTORE', 'SYS_PTRACE']

/** CRIU in a folder, and how it is called where that is known by another name. */
interface CriuFiles {
  folder: string
  commandIn: (there: string) => string[]
}

/** Tells the containers of one harness apart. */
const LAUNCH = 'crac-preflight.launch'

export interface ContainerRequest {
  /** Where its processes will run. */
  host: Host
  /** Configured, but for what the harness adds. */
  container: GenericContainer
  /** Of what image it is. */
  imageName: string
  /** Of its JVM: which of our libraries it loads. */
  libc: Libc
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  /** What the harness adds to the environment. */
  env: Record<string, string>
  /** The harness's own folder, for what the JVM writes for it. */
  folder: string
  /** Below it: where a real engine may write its image. */
  imageFolder: string
  logFile: string
  /** How much of the output is kept, in bytes. */
  maxOutputBytes?: number | undefined
  /** For an app that is to be restored: CRIU's own files, or null where the app's java brings it back; a sentence where it can't be. */
  criu: CriuFiles | null | string
  /** The same file as the app knows it, where the app is to write into it by itself. */
  output: string | null
}

/** Starts a container behind the gate: the image is untouched, nothing of the app has run. */
export async function holdContainer(request: ContainerRequest): Promise<HeldApp> {
  const { container, folder, host } = request
  const engine = await connectEngine()
  const docker = engine.container.dockerode
  const launch = randomUUID()
  const shares = !(host instanceof SidecarHost)
  // The app's user is not ours. On this machine the folder lies in one that is ours alone.
  if (shares) for (const each of [folder, request.imageFolder]) await chmod(each, 0o777)
  const output = await AppOutput.create(request.logFile, request.maxOutputBytes)
  const toFile = request.output
  if (toFile !== null) await output.file.chmod(0o666)
  const inside = (text: string) =>
    forLibc(text, request.libc).replaceAll(probesRoot, PROBES).replaceAll(folder, FOLDER)
  const { criu } = request
  const lent: Lent | string =
    typeof criu === 'string'
      ? criu
      : {
          criu: criu?.commandIn(CRIU) ?? null,
          asOwner: `${PROBES}/${basename(probesFolder)}/asowner`,
          inside,
          ours: {
            image: request.imageName,
            there: OURS,
            folders: [
              ...[
                'common',
                basename(probesFolder),
                ...(request.libc === 'musl' ? [basename(muslFolder)] : []),
              ].map((name) => ({ here: join(probesRoot, name), name: `probes/${name}` })),
              ...(criu === null ? [] : [{ here: criu.folder, name: 'criu' }]),
              { here: folder, name: 'run' },
            ],
            log: `run/${basename(request.logFile)}`,
            capabilities: CAPABILITIES,
          },
        }
  if (typeof lent !== 'string')
    letBeImaged(container, { capabilities: lent.ours.capabilities, init: criu !== null })
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  let app: StartedContainer | undefined
  let holds: (pid: number) => void = () => undefined
  const held = new Promise<number>((resolve) => (holds = resolve))
  putBehindGate(container.withLabels({ [LAUNCH]: launch }), {
    entrypoint: [`${PROBES}/${basename(probesFolder)}/gate`],
    command: [...(toFile === null ? [] : ['--output', inside(toFile)]), '--', ...request.command.map(inside)],
    env: Object.fromEntries(Object.entries(request.env).map(([name, value]) => [name, inside(value)])),
    mounts: shares
      ? [
          ownFolder(probesRoot, PROBES, true),
          ownFolder(folder, FOLDER, false),
          ...(typeof criu === 'string' || criu === null ? [] : [ownFolder(criu.folder, CRIU, true)]),
        ]
      : [ownVolume(OURS)],
    created: async (id) => {
      app = new StartedContainer(docker, docker.getContainer(id), output, host, publishedOn(engine))
      if (!shares) await putProbes(docker.getContainer(id), OURS)
      await app.follow()
    },
    starting: async () => {
      const first = (await app?.began()) ?? 0
      const pid = await gateOf(first, host)
      if (host instanceof SidecarHost) await host.adopt(first, FOLDER)
      holds(pid)
      await released
    },
  })
  const starting = container.start()
  try {
    const pid = await Promise.race([held, starting.then(() => neverHeld())])
    const started = app ?? neverHeld()
    await assertMaySignal(pid, host)
    const waited = starting.catch((error: unknown) => {
      throw new AppError(
        'APP_NOT_READY',
        `The container's own wait failed: ${reason(error)}`,
        output.tail(40),
        { cause: error },
      )
    })
    // Nobody may be waiting for it any more.
    waited.catch(() => undefined)
    const stop = () => started.stop()
    return {
      pid,
      release: () => {
        const continued = host.kill(pid, 'SIGCONT')
        continued.catch(() => undefined)
        release()
        return started.running(pid, { inside, stop, started: Promise.all([continued, waited]) }, lent)
      },
      stop: async () => {
        release()
        await stop()
      },
    }
  } catch (error) {
    release()
    if (app !== undefined) await app.stop()
    else {
      await removeLaunched(docker, launch).catch(() => undefined)
      await output.close()
    }
    if (error instanceof AppError) throw error
    throw new AppError('APP_NOT_STARTED', `The container can't be started: ${reason(error)}`, output.text, {
      cause: error,
    })
  }
}

/** The container is there before testcontainers names it: it connects networks and copies files first. */
async function removeLaunched(docker: Docker, launch: string): Promise<void> {
  const filters = { label: [`${LAUNCH}=${launch}`] }
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true })
}

function neverHeld(): never {
  throw new AppError('APP_NOT_STARTED', 'The container did not come to its first instruction.')
}

async function assertMaySignal(pid: number, host: Host): Promise<void> {
  try {
    await host.kill(pid, 0)
  } catch (error) {
    throw new AppError(
      'APP_NOT_STARTED',
      'The processes of the container may not be signalled by this user. Run the check as root on the machine of the Docker engine, or set CRAC_PREFLIGHT_SIDECAR=1.',
      '',
      { cause: error },
    )
  }
}
