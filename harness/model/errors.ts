import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Base of every error that the harness throws: a stable `code`, and a message that ends with what to do next. */
export abstract class PreflightError extends Error {
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

/** The user asked for something that can't be: exit code 2. Names the option, its value and what was expected. */
export class UsageError extends PreflightError {
  readonly code = 'USAGE'
}

/** The app could not be started, died, or was never ready: verdict `failed`, exit code 3. */
export class AppError extends PreflightError {
  constructor(
    readonly code:
      'APP_NOT_STARTED' | 'APP_NOT_JAVA' | 'APP_DIED' | 'APP_NOT_READY' | 'WARM_UP_FAILED' | 'NO_SPACE',
    message: string,
    /** What the app printed last, and a thread dump where one could be taken: shown under the message. */
    details = '',
    options?: ErrorOptions,
  ) {
    super(details.trim() ? `${message}\n${details.trim()}` : message, options)
  }
}

/** The JVM did not answer on its attach socket, or refused. */
export class AttachError extends PreflightError {
  constructor(
    readonly code: 'ATTACH_TIMEOUT' | 'ATTACH_REFUSED' | 'ATTACH_GONE' | 'ATTACH_DISABLED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The machine that the app runs on can't be asked any more: verdict `failed`, exit code 3. */
export class HostError extends PreflightError {
  readonly code = 'HOST_LOST'
}

/** What the kernel refused to a tracer, and what may have decided that. */
export interface KernelRefusal {
  /** The errno's name. */
  code: string
  /** What the tracer was at: `load`, `attach`, `btf` …. */
  doing: string
  /** The BPF program; null: it was not about one. */
  program: string | null
  uid: number
  /** Those of CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN that the tracer has. */
  capabilities: string[]
  /** As in /proc/PID/status: 2 is a filter. */
  seccomp: number
  /** Its capabilities hold in a namespace of its own, not on the machine. */
  userNamespace: boolean
  kernel: string | null
  /** As in /sys/kernel/security; null where it is not told. */
  lockdown: string | null
  lsm: string | null
}

/** A tracer can't start or was lost. Never a verdict by itself: the check goes on without evidence. */
export class TracerError extends PreflightError {
  constructor(
    readonly code: 'TRACER_DENIED' | 'TRACER_MISSING' | 'TRACER_LOST' | 'TRACER_UNSUPPORTED',
    message: string,
    /** Where the kernel has refused it. */
    readonly refusal: KernelRefusal | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The engine gave no answer that can be trusted: verdict `failed`, exit code 3. */
export class EngineError extends PreflightError {
  constructor(
    readonly code: 'ENGINE_NO_ANSWER' | 'ENGINE_TIMEOUT' | 'ENGINE_REFUSED' | 'ENGINE_MISSING',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** One blocker that was not expected: the app can't be checkpointed. The message shows its Java creation stack first. */
export class CheckpointBlockedError extends PreflightError {
  readonly code = 'BLOCKED'
  /** @param id the blocker's id, stable over runs */
  constructor(
    readonly id: string,
    message: string,
  ) {
    super(message)
  }
}

/** A blocker was expected and is not there: the expectation, or the app, has changed. */
export class ExpectationError extends PreflightError {
  readonly code = 'NOT_BLOCKED'
}

/** The check came to no verdict. Never mixed up with a blocked app. */
export class NoVerdictError extends PreflightError {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/**
 * What an optional package has, which is loaded where it is needed; `missing` says what for, and how to install it.
 * @throws UsageError where the user has not installed it.
 */
export async function loadOptional<T>(load: () => Promise<T>, missing: string): Promise<T> {
  try {
    return await load()
  } catch (error) {
    // Yarn's Plug'n'Play has the code of `require` for it.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new UsageError(missing, { cause: error })
  }
}

interface SystemError extends Error {
  code?: string
  syscall?: string
}

/**
 * What the system has refused to the harness itself, in words that say what to do: any of its calls may meet that. Null of
 * everything else.
 */
function toldOfSystem(error: unknown): PreflightError | null {
  if (!(error instanceof Error)) return null
  const { code, syscall } = error as SystemError
  if (syscall === 'uv_cwd')
    return new UsageError(
      'The folder that this was started in is gone. Change to one that is there, and start again.',
      { cause: error },
    )
  if (code === 'EMFILE')
    return new HostError(
      'This process may not open as many files as it needs ("ulimit -n"). Allow 1024 or more, as "ulimit -n 1024" does, and start again.',
      { cause: error },
    )
  if (code === 'ENFILE')
    return new HostError(
      'This machine has as many files open as it may (fs.file-max). End what holds them, or allow more.',
      { cause: error },
    )
  return null
}

/** The error as it is, or as it is reported. An error of ours is reported as its cause where that is the system's. */
export function toReportedError(error: unknown): unknown {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth++) {
    const told = toldOfSystem(each)
    if (told !== null) return told
  }
  return error
}

/** The frames of the present call that are the user's, not ours. */
export function callSite(): string[] {
  const own = `${dirname(import.meta.dirname)}/`
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  return frames.filter((line) => !line.includes(own) && !line.includes(pathToFileURL(own).href))
}

/** Test runners look for places in `stack`: the Java frames of the message must not be taken for some. */
export function placed<T extends Error>(error: T, place: readonly string[]): T {
  error.stack = [`${error.name}: ${error.message.split('\n')[0] ?? ''}`, ...place].join('\n')
  return error
}

/** The outcome of work; an error that the harness explains points to the place, a fault of the harness to itself. */
export async function atPlace<T>(place: readonly string[], work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof PreflightError) placed(error, place)
    throw error
  }
}
