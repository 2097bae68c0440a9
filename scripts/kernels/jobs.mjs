/** What is run in a guest: this machine's own build, on another kernel. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { javaHome, probesFolder, root, run } from '../setup/run.mjs'
import { boot } from './boot.mjs'
import { judgeExact, judgeJava, judgeRefusals, judgeTrial } from './judge.mjs'
import { folder } from './list.mjs'

const sources = join(root, 'test', 'kernels')
const tracer = join(root, probesFolder, 'fdtrace')
const command = join(root, 'dist', 'harness', 'cli', 'main.js')

const quoted = (words) => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')

/** A file of the root file system: in the guest an overlay over virtiofs. */
const ordinary = '/etc/passwd'

/** The words of `exact.sh`; `options` are the tracer's. */
const exact = (programs, options) =>
  quoted(['bash', join(sources, 'exact.sh'), tracer, join(programs, 'creations'), ...options, '--', ordinary])

/** Compiles what runs in the guest, gives the folder to `work`, and removes it. */
export async function withPrograms(work) {
  mkdirSync(folder, { recursive: true })
  const programs = mkdtempSync(join(folder, 'programs-'))
  try {
    const compiled = join(programs, 'creations')
    const files = ['creations.c', 'rings.c'].map((name) => join(sources, name))
    await run('cc', ['-O1', '-static', '-pthread', '-o', compiled, ...files])
    return await work(programs)
  } finally {
    rmSync(programs, { recursive: true, force: true })
  }
}

async function compileJava(programs) {
  const jdk = join(javaHome(), 'bin')
  await run(join(jdk, 'javac'), ['-d', programs, join(sources, 'Creations.java')])
  await run(join(jdk, 'jar'), [
    '--create',
    '--file',
    join(programs, 'zip.jar'),
    '-C',
    programs,
    'Creations.class',
  ])
}

/** The trial of a set of programs alone: what the tracer chooses must follow from them. */
const trialOf = (set, refused) =>
  `${quoted([tracer, '--refuse', refused])} </dev/null 2>/dev/null | sed 's/^/${set} /'`

/** What a tracer says that may not trace: that of an ordinary user, without the kernel's types, and where the kernel is locked. */
const refusals = () => {
  const said = (who) => `</dev/null 2>/dev/null | sed 's/^/${who} /'`
  return [
    'echo 2 >/proc/sys/kernel/unprivileged_bpf_disabled',
    `setpriv --reuid=65534 --clear-groups ${quoted([tracer])} ${said('ordinary')}`,
    // Where a kernel has no types this folder is not there.
    `unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0"' ${quoted([tracer])} ${said('untyped')}`,
    // Nobody can take it back: the last thing that is done.
    'echo confidentiality >/sys/kernel/security/lockdown',
    `${quoted([tracer])} ${said('locked')}`,
  ]
}

/** What the tracer chooses, held against a program of known creations; then the same by tracepoints. */
const proof = (programs, options) => [
  'ulimit -n 4096',
  exact(programs, ['--signal', '0', ...options]),
  'echo TRACEPOINTS',
  exact(programs, ['--signal', '0', '--refuse', 'fn_alloc', ...options]),
  trialOf('raw', 'fn_alloc,classic_alloc'),
  trialOf('functions', 'on_alloc,classic_alloc'),
]

function judgeProof(output) {
  const [chosen, tracepoints = ''] = output.split(/^TRACEPOINTS$/m)
  const trial = (set) => judgeTrial(output, set)
  return {
    ...judgeExact(chosen),
    byTracepoints: judgeExact(tracepoints),
    trials: { functions: trial('functions'), raw: trial('raw') },
    refusals: judgeRefusals(output, ['ordinary', 'untyped', 'locked']),
  }
}

/** Loads the tracer on that kernel, and holds what it says against a program of known creations. */
export async function runExact(kernel, programs, options = []) {
  const guest = await boot(kernel, [...proof(programs, options), ...refusals()].join('\n'))
  return { ...judgeProof(guest.output), ...ending(guest) }
}

/** virtiofsd holds open what the guest's kernel remembers, and may hold as many files as any process here: forget them. */
const letGo = 'echo 2 >/proc/sys/vm/drop_caches'

/** The same; then `doctor` as root and as nobody, and a check of the Java program. */
export async function runAll(kernel, programs, options = []) {
  await compileJava(programs)
  const java = join(javaHome(), 'bin', 'java')
  const node = quoted([process.execPath, command])
  const app = [java, '-Xshare:auto', `-Dzip=${join(programs, 'zip.jar')}`, '-cp', programs, 'Creations']
  const check = [
    '--trace',
    'ebpf',
    '--ready',
    'log=/READY/',
    '--timeout',
    '600',
    '--checkpoint-timeout',
    '600',
  ]
  const job = [
    ...proof(programs, options),
    `${node} doctor | sed 's/^/doctor /'`,
    letGo,
    `setpriv --reuid=65534 --clear-groups ${node} doctor | sed 's/^/nobody /'`,
    letGo,
    `${node} check ${quoted(check)} --json /tmp/report --report-folder /tmp/folder -- ${quoted(app)} >/tmp/check 2>&1`,
    letGo,
    `sed 's/^/check /' /tmp/check`,
    `sed 's/^/java /' /tmp/folder/app.log`,
    `tr -d '\\n' </tmp/report | sed 's/^/report /'; echo`,
    ...refusals(),
  ].join('\n')
  const guest = await boot(kernel, job, { memory: '4G', seconds: 1800 })
  const linesOf = (who) =>
    guest.output
      .split('\n')
      .flatMap((line) => (line.startsWith(`${who} `) ? [line.slice(who.length + 1)] : []))
  return {
    ...judgeProof(guest.output),
    java: judgeJava(guest.output),
    said: linesOf('check'),
    doctor: linesOf('doctor'),
    nobody: linesOf('nobody'),
    ...ending(guest),
  }
}

/** Why a guest said nothing: only where it did not come to its end. */
const ending = ({ status, output, console }) => ({
  status,
  output: status === 0 ? null : output.slice(-2000),
  console: status === null ? console.slice(-2000) : null,
})
