import { AppError } from '../../../model/errors.js'
import { reason, type Docker } from '../engine.js'
import { kindOf } from '../engine-kind.js'
import type { SidecarConnection } from './connection.js'
import { startHelper, type Helper } from './helper.js'

/** Each with its reason in docs/containers.md. */
const TO_OBSERVE = ['SYS_PTRACE', 'DAC_OVERRIDE', 'KILL']
/** What tracing needs: newer engines know the two, older ones only what these were a part of before Linux 5.8. */
const TO_TRACE = [['BPF', 'PERFMON'], ['SYS_ADMIN']]
/**
 * Podman 4's own filter lets nobody without SYS_ADMIN, which is far more, call bpf(2): no filter at all leaves the sidecar with
 * less. Docker's own asks for the capability.
 */
const UNFILTERED = 'seccomp=unconfined'

/** A container on the engine's machine that does what the harness can't do from where it is. */
export interface Sidecar {
  connection: SidecarConnection
  /** To be called by each who has opened it; the last one ends it. */
  close(): Promise<void>
}

interface Shared {
  started: Promise<Helper>
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
    const helper = await one.started
    const { connection } = helper
    // Who comes after its end starts another one.
    void connection.gone.then(() => shared.get(traces) === one && shared.delete(traces))
    return {
      connection,
      close: async () => {
        if (leave()) await helper.end()
      },
    }
  } catch (error) {
    leave()
    throw error
  }
}

async function start(docker: Docker, traces: boolean): Promise<Helper> {
  const filter = traces && (await kindOf(docker)).name === 'Podman' ? [UNFILTERED] : []
  const rights = { PidMode: 'host', NetworkMode: 'none', SecurityOpt: ['no-new-privileges', ...filter] }
  const choices = traces ? TO_TRACE : [[]]
  try {
    return await startHelper(
      docker,
      choices.map((some) => ({ ...rights, CapAdd: [...some, ...TO_OBSERVE] })),
    )
  } catch (error) {
    throw refused(error)
  }
}

const refused = (error: unknown): unknown =>
  error instanceof AppError
    ? error
    : new AppError(
        'APP_NOT_STARTED',
        `The sidecar, through which an app on another machine or of another user is observed, can't be started: ${reason(error)}. docs/containers.md says what it needs.`,
        '',
        { cause: error },
      )
