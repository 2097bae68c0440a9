import { expect, test } from 'vitest'
import {
  describeRefusal,
  explainFailure,
  nameRefusal,
  whatToDo,
} from '../../../../harness/ledger/observers/kernel/tracer-failure.js'
import type { KernelRefusal } from '../../../../harness/model/errors.js'

const all = ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN']

const refusal = (changed: Partial<KernelRefusal> = {}): KernelRefusal => ({
  code: 'EACCES',
  doing: 'load',
  program: 'on_alloc',
  uid: 0,
  capabilities: all,
  seccomp: 0,
  userNamespace: false,
  kernel: '6.1.0',
  lockdown: '[none] integrity confidentiality',
  lsm: 'lockdown,capability,yama',
  ...changed,
})

test('one sentence says which program, to whom, and what may have decided it', () => {
  expect(describeRefusal(refusal())).toBe(
    'The kernel refuses the eBPF tracer (on_alloc: EACCES): Linux 6.1.0; the tracer has uid 0 and CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN; lockdown is none; security modules are lockdown,capability,yama; seccomp is off.',
  )
  const unknown = refusal({
    kernel: null,
    lockdown: null,
    lsm: null,
    seccomp: 2,
    capabilities: [],
    uid: 1000,
  })
  expect(describeRefusal(unknown)).toBe(
    'The kernel refuses the eBPF tracer (on_alloc: EACCES): the tracer has uid 1000 and none of CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN; lockdown is not known; security modules are not known; seccomp restricts it.',
  )
  expect(nameRefusal(refusal({ program: null, doing: 'iterate' }))).toBe(
    'the kernel refuses the eBPF tracer (iterate: EACCES)',
  )
})

const cases: [string, Partial<KernelRefusal>, RegExp][] = [
  [
    'an ordinary user',
    { uid: 1000, capabilities: [] },
    /^Grant .*chmod 750 .*setcap cap_bpf.*\/fdtrace". Or run as root/,
  ],
  ['root in a container', { capabilities: [] }, /^Give this container .*--cap-add BPF/],
  ['half of the rights', { capabilities: ['CAP_BPF'] }, /^Give this container/],
  [
    'enough rights',
    { uid: 1000, capabilities: ['CAP_BPF', 'CAP_PERFMON'] },
    /^Nothing can be done: no right/,
  ],
  ['lockdown', { code: 'EPERM', lockdown: 'none integrity [confidentiality]' }, /^Boot .*confidentiality/],
  [
    'lockdown, by its helpers',
    { code: 'EINVAL', lockdown: 'none integrity [confidentiality]' },
    /^Boot .*confidentiality/,
  ],
  [
    'a user namespace',
    { code: 'EPERM', seccomp: 2, userNamespace: true },
    /^Capabilities in a user namespace load no such program, whatever they are: use an engine that root runs/,
  ],
  ['seccomp', { code: 'EPERM', seccomp: 2 }, /^Allow bpf\(2\) and perf_event_open\(2\)/],
  ['a policy', { code: 'EPERM' }, /^Nothing can be done: no right is missing/],
  ['an old kernel', { code: 'EINVAL' }, /^Nothing can be done on this kernel.*5\.10/],
  ['a kernel without BPF', { code: 'ENOSYS' }, /^Use a kernel .*CONFIG_BPF_SYSCALL=y\.$/],
  [
    'a profile without BPF',
    { code: 'ENOSYS', seccomp: 2 },
    /BPF_SYSCALL=y, and allow bpf\(2\) in the seccomp/,
  ],
  ['no tracefs', { code: 'ENOENT', doing: 'attach' }, /^Mount tracefs/],
  ['too few files', { code: 'EMFILE' }, /ulimit -n/],
  ['no memory', { code: 'ENOMEM' }, /^Free some memory/],
  ['no BTF', { code: 'ENOENT', doing: 'btf', program: null }, /CONFIG_DEBUG_INFO_BTF/],
]

test.for(cases)('what can be done: %s', ([, changed, expected]) => {
  expect(whatToDo(refusal(changed), '/probes/fdtrace')).toMatch(expected)
})

test('root is never told to run as root', () => {
  for (const [, changed] of cases) {
    const each = refusal({ ...changed, uid: 0 })
    expect(whatToDo(each, '/probes/fdtrace')).not.toMatch(/as root|sudo/)
  }
})

test('a failure that is no refusal says what it was', () => {
  const failure = {
    type: 'error' as const,
    code: 'ESRCH',
    doing: 'find',
    message: 'there is no such process',
  }
  expect(explainFailure(failure, '/probes/fdtrace')).toMatchObject({
    code: 'TRACER_LOST',
    refusal: null,
    message: 'There is no such process (ESRCH at "find"). The app has ended before the tracer was attached.',
  })
})
