import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { loadAgent } from '../../harness/jvm/attach.js'
import type { TracerSnapshot } from '../../harness/ledger/records.js'
import { readSamples, type Sample } from '../../harness/ledger/observers/profiler/samples.js'
import { startTracer } from '../../harness/ledger/observers/kernel/tracer.js'
import { packageRoot, probesFolder } from '../../harness/host/package-root.js'
import { compileJava, jdks, type Jdk } from '../support/java.js'
import { plain, preloading } from '../support/plain.js'
import { compile, hold, scratchFolder, until } from './programs.js'
import { needing } from '../support/capability.js'
import { bpf } from '../support/bpf.js'

const bpfTest = needing(bpf)

const profiler = plain(join(probesFolder, 'libasyncProfiler.so'))
const library = plain(join(probesFolder, 'libbootstacks.so'))
const scratch = scratchFolder()
let classes = ''
let agent = ''
beforeAll(() => {
  classes = compileJava('boot', [join(packageRoot, 'test/probes/fixtures-src/Boot.java')], 17)
  agent = compile('bootsocket', scratch.path, ['-shared', '-fPIC'])
})
afterAll(scratch.remove)

interface Run {
  output: string
  snapshot: TracerSnapshot
  samples: Sample[]
  recordings: string[]
}

/** Boots the program with the library preloaded and tells what was seen; `wrap` makes the command that starts it. */
async function boot(
  jdk: Jdk,
  env: NodeJS.ProcessEnv = {},
  wrap = (command: string[]) => command,
): Promise<Run> {
  const folder = scratchFolder()
  const command = [jdk.java, `-agentpath:${profiler}`, `-agentpath:${agent}`, '-cp', classes, 'Boot']
  const held = await hold(wrap(command), folder.path, ['--die-with-parent'], {
    ...process.env,
    ...preloading(library),
    BOOTSTACKS_PROFILER: profiler,
    BOOTSTACKS_COMMAND: `start,event=itimer,interval=1000000s,cstack=vm,clock=monotonic,loglevel=none,jfr,file=${folder.path}/%p.jfr`,
    ...env,
  })
  const tracer = await startTracer(held.pid)
  try {
    held.release()
    await until('the program is ready', () => /^READY \d+/m.test(held.output()))
    const pid = Number(/^READY (\d+)/m.exec(held.output())?.[1])
    expect(await loadAgent(pid, profiler, `stop,file=${folder.path}/%p.jfr`)).toMatchObject({ code: 0 })
    const recordings = readdirSync(folder.path).filter((name) => name.endsWith('.jfr'))
    return {
      output: held.output(),
      snapshot: await tracer.snapshot(pid),
      samples: readSamples(readFileSync(join(folder.path, `${pid}.jfr`))),
      recordings,
    }
  } finally {
    await tracer.stop()
    await held.end()
    folder.remove()
  }
}

/** The sample that a live file's creation asked for. */
function sampleOf(
  { snapshot, samples }: Run,
  which: (link: string, name: string) => boolean,
): Sample | undefined {
  const live = snapshot.live.find(({ link, file }) => which(link, nameOf(snapshot, file)))
  const record = snapshot.records.find(({ kind, file }) => kind === 'open' && file === live?.file)
  return samples.find(
    ({ tid, time }) => record?.nsTid === tid && time >= record.ts && time < (record.until ?? Infinity),
  )
}

const nameOf = (snapshot: TracerSnapshot, file: string): string =>
  snapshot.records.find((record) => record.kind === 'open' && record.file === file)?.name ?? ''

/** What every boot must show, however it was started. */
function expectStacks(run: Run): void {
  expect(sampleOf(run, (link) => link.endsWith('/lib/modules'))?.native).toContain(
    'JNI_CreateJavaVM (libjvm.so)',
  )
  expect(sampleOf(run, (_, name) => name === 'UDP')?.native).toEqual(
    expect.arrayContaining(['open_at_boot (bootsocket)', 'Agent_OnLoad (bootsocket)']),
  )
  const methods = (sample: Sample | undefined): string[] =>
    (sample?.java ?? []).map((frame) => `${frame.class}.${frame.method}`)
  expect(methods(sampleOf(run, (link) => link === '/etc/passwd'))).toContain('Boot.openFile')
  expect(methods(sampleOf(run, (_, name) => name === 'TCPv6' || name === 'TCP'))).toContain('Boot.openSocket')
}

for (const jdk of jdks) {
  bpfTest(
    `JDK ${jdk.feature}: what opens before the agents are up has a native stack, later ones a Java stack`,
    async () => {
      const run = await boot(jdk)
      expectStacks(run)
      expect(run.snapshot.live.filter(({ link }) => link.endsWith('.jfr'))).toEqual([])
    },
  )

  bpfTest(`JDK ${jdk.feature}: children inherit nothing of it, and nothing is printed`, async () => {
    const { output } = await boot(jdk)
    expect(output).toMatch(/^CHILD PATH=/m)
    expect(output).not.toMatch(/LD_PRELOAD|BOOTSTACKS|ASPROF/)
    expect(output).toMatch(/^OWN null null$/m)
    expect(output).toMatch(/^CHILD /)
  })

  bpfTest(`JDK ${jdk.feature}: what the user preloads stays, before and after it`, async () => {
    const run = await boot(jdk, { LD_PRELOAD: `libm.so.6 ${library}:libdl.so.2` })
    expectStacks(run)
    expect(run.output).toMatch(/^OWN libm\.so\.6:libdl\.so\.2 null$/m)
    expect(run.output).toMatch(/^CHILD LD_PRELOAD=libm\.so\.6:libdl\.so\.2$/m)
  })

  bpfTest(`JDK ${jdk.feature}: a launcher that runs itself again begins anew`, async () => {
    const run = await boot(jdk, { LD_LIBRARY_PATH: `/nowhere:${jdk.home}/lib/server` })
    expectStacks(run)
    expect(run.snapshot.live.filter(({ link }) => link.endsWith('.jfr'))).toEqual([])
    expect(run.output).toMatch(/^OWN null null$/m)
  })

  bpfTest(`JDK ${jdk.feature}: a script around the JVM is left alone`, async () => {
    const run = await boot(jdk, {}, (command) => [
      'sh',
      '-c',
      `env | grep -c BOOTSTACKS; "$@"; exit $?`,
      'sh',
      ...command,
    ])
    expectStacks(run)
    expect(run.recordings).toHaveLength(1)
    expect(run.output).toMatch(/^2\n/)
  })
}

bpfTest('where the profiler can not start, the program runs as if nothing were', async () => {
  const [jdk] = jdks
  if (jdk === undefined) return
  const folder = scratchFolder()
  const held = await hold([jdk.java, '-cp', classes, 'Boot'], folder.path, ['--die-with-parent'], {
    ...process.env,
    ...preloading(library),
    BOOTSTACKS_PROFILER: '/no/such/library.so',
    BOOTSTACKS_COMMAND: 'start',
  })
  try {
    held.release()
    await until('the program is ready', () => /^READY \d+/m.test(held.output()))
    expect(held.output()).toMatch(/^OWN null null$/m)
  } finally {
    await held.end()
    folder.remove()
  }
})
