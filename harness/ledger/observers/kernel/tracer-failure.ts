import { TracerError, type KernelRefusal } from '../../../model/errors.js'
import { refusalOf, type TracerFailure } from './tracer-lines.js'

const DENIED = new Set(['EPERM', 'EACCES'])
const SECCOMP_FILTER = 2

/** Says why the tracer could not start, and what to do about it. */
export function explainFailure(failure: TracerFailure, binary: string): TracerError {
  const refusal = refusalOf(failure)
  if (refusal !== null) {
    const code = DENIED.has(refusal.code) || isLocked(refusal) ? 'TRACER_DENIED' : 'TRACER_UNSUPPORTED'
    return new TracerError(code, `${describeRefusal(refusal)} ${whatToDo(refusal, binary)}`, refusal)
  }
  const what = `${sentence(failure.message)} (${failure.code} at "${failure.doing}").`
  if (failure.code === 'ESRCH' && failure.doing === 'find')
    return new TracerError('TRACER_LOST', `${what} The app has ended before the tracer was attached.`)
  return new TracerError('TRACER_LOST', what)
}

/** What the kernel refused, in a few words. */
export function nameRefusal({ program, doing, code, userNamespace }: KernelRefusal): string {
  if (doing === 'btf') return 'the kernel has no type information (BTF)'
  const where = userNamespace ? ' in a user namespace, as a rootless engine has' : ''
  return `the kernel refuses the eBPF tracer${where} (${program ?? doing}: ${code})`
}

/** One sentence about what was refused, and to whom. */
export function describeRefusal(refusal: KernelRefusal): string {
  return `${sentence(nameRefusal(refusal))}: ${circumstances(refusal)}.`
}

function circumstances(refusal: KernelRefusal): string {
  const { kernel, uid, capabilities, lockdown, lsm, seccomp } = refusal
  const has =
    capabilities.length > 0 ? capabilities.join(', ') : 'none of CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN'
  return [
    ...(kernel === null ? [] : [`Linux ${kernel}`]),
    `the tracer has uid ${uid} and ${has}`,
    `lockdown is ${lockdownMode(lockdown) ?? 'not known'}`,
    `security modules are ${lsm ?? 'not known'}`,
    `seccomp ${seccomp === 0 ? 'is off' : 'restricts it'}`,
  ].join('; ')
}

/** Of `none [integrity] confidentiality`, the one in brackets. */
function lockdownMode(lockdown: string | null): string | null {
  return lockdown === null ? null : (/\[(\w+)\]/.exec(lockdown)?.[1] ?? lockdown)
}

/** Then no program may read the kernel's memory. The verifier says EINVAL, as for a helper function that it does not know. */
const isLocked = ({ lockdown, code }: KernelRefusal): boolean =>
  lockdownMode(lockdown) === 'confidentiality' && (DENIED.has(code) || code === 'EINVAL')

/** One line of what can be done about it. */
export function whatToDo(refusal: KernelRefusal, binary: string): string {
  const { doing, code, uid, capabilities, seccomp, userNamespace } = refusal
  if (doing === 'btf')
    return 'Use a kernel that is built with CONFIG_DEBUG_INFO_BTF=y (/sys/kernel/btf/vmlinux).'
  if (code === 'ENOSYS')
    return `Use a kernel that is built with CONFIG_BPF_SYSCALL=y${seccomp === SECCOMP_FILTER ? ', and allow bpf(2) in the seccomp profile of this process' : ''}.`
  if (code === 'EMFILE' || code === 'ENFILE') return 'Let the process open more files: ulimit -n.'
  if (code === 'ENOMEM') return 'Free some memory: the tracer keeps its records in the kernel.'
  if (!DENIED.has(code) && !isLocked(refusal))
    return doing === 'attach' && code === 'ENOENT'
      ? 'Mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing.'
      : 'Nothing can be done on this kernel; the tracer is tested on Linux 5.10 and newer.'
  if (userNamespace)
    return 'Capabilities in a user namespace load no such program, whatever they are: use an engine that root runs, and that maps no users.'
  const mayTrace =
    capabilities.includes('CAP_SYS_ADMIN') ||
    (capabilities.includes('CAP_BPF') && capabilities.includes('CAP_PERFMON'))
  if (!mayTrace && uid !== 0)
    return `Grant what is needed once, to a group of users whom you trust with it: "sudo chgrp GROUP ${binary} && sudo chmod 750 ${binary} && sudo setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep ${binary}". Or run as root (kernel.unprivileged_bpf_disabled=0 is not enough).`
  if (!mayTrace)
    return 'Give this container the capabilities CAP_BPF and CAP_PERFMON (--cap-add BPF --cap-add PERFMON), or CAP_SYS_ADMIN where these are not known.'
  if (isLocked(refusal))
    return 'Boot the machine without lockdown=confidentiality: it forbids programs that read kernel memory.'
  if (seccomp === SECCOMP_FILTER)
    return 'Allow bpf(2) and perf_event_open(2) in the seccomp profile of this process.'
  return "Nothing can be done: no right is missing, the kernel's own policy forbids it."
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
