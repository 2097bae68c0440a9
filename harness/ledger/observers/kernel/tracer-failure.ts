import { TracerError } from '../../../model/errors.js'
import type { TracerFailure } from './tracer-lines.js'

const DENIED = new Set(['EPERM', 'EACCES'])

/** Says why the tracer could not start, and what to do about it. */
export function explainFailure(failure: TracerFailure, binary: string): TracerError {
  const what = `${failure.message} (${failure.code} at "${failure.doing}")`
  if (DENIED.has(failure.code)) return new TracerError('TRACER_DENIED', `${sentence(what)} ${advice(binary)}`)
  if (failure.doing === 'snapshot' || failure.doing === 'command')
    return new TracerError('TRACER_LOST', sentence(what))
  if (failure.code === 'ESRCH')
    return new TracerError(
      'TRACER_LOST',
      `${sentence(what)} The app has ended before the tracer was attached.`,
    )
  if (failure.doing === 'find') return new TracerError('TRACER_LOST', sentence(what))
  return new TracerError(
    'TRACER_UNSUPPORTED',
    `${sentence(what)} The tracer needs Linux 5.11 or newer, built with BTF (CONFIG_DEBUG_INFO_BTF, /sys/kernel/btf/vmlinux). Use another kernel, or go on without the tracer.`,
  )
}

/** The capabilities that the tracer needs, and one line that grants them. */
function advice(binary: string): string {
  return [
    'The tracer needs CAP_BPF and CAP_PERFMON (Linux 5.8 or newer; CAP_SYS_ADMIN instead where these are not known),',
    'and CAP_SYS_PTRACE as well where the app runs as another user. Run as root, or grant them once with',
    `"sudo setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep ${binary}".`,
    'In a container, add the capabilities (--cap-add BPF --cap-add PERFMON) and a seccomp profile that allows bpf(2).',
    'kernel.unprivileged_bpf_disabled=0 is not enough: tracing needs the capabilities.',
  ].join(' ')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
