/** The library on AArch64, under an emulator: real, but slow. Where it runs anyway, the other tests show it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect } from 'vitest'
import { holdProcess } from '../../../harness/app/process.js'
import { loadAgent } from '../../../harness/jvm/attach.js'
import { readDump, type PreloadDump } from '../../../harness/ledger/observers/preload/preload-dump.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { compileJava, fixture } from '../../support/java.js'
import { makeProbe } from '../../support/probes.js'
import { isHeld, until } from '../programs.js'
import { capability, needing } from '../../support/capability.js'

const qemu = 'qemu-aarch64-static'
const compiler = 'aarch64-linux-gnu-gcc'
const java = join(packageRoot, 'build', 'jdk-21-arm64', 'bin', 'java')
const has = (tool: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
const emulated = needing(
  capability(
    'arm64',
    process.arch !== 'arm64' && has(qemu) && has(compiler) && existsSync(java),
    'no emulated AArch64; "node scripts/setup.mjs arm64" gets what it needs on another machine',
  ),
)
const scratch = () => mkdtempSync(join(tmpdir(), 'arm64-'))

const build = (name: string) => makeProbe(name, 'ARCH=arm64')

/** Starts a program under the emulator, and hands what the library knows to `look` once it is ready. */
async function observed(
  main: string[],
  look: (ask: () => Promise<PreloadDump>, output: string) => Promise<void>,
) {
  const library = build('libfdpreload.so')
  const folder = scratch()
  mkdirSync(join(folder, 'data'))
  const classes = compileJava(
    'arm64',
    ['Kinds', 'MoreKinds', 'Native', 'Stress'].map((name) => fixture('java/17', `${name}.java`)),
    17,
  )
  const held = await holdProcess({
    command: [
      ...[qemu, '-L', '/usr/aarch64-linux-gnu', '-E', `LD_PRELOAD=${library}`, java],
      ...[`-agentpath:${library}`, '-XX:+EnableDynamicAgentLoading', `-Ddir=${folder}/data`],
      // The kernel can't start the JDK's own helper, which is for the other processor.
      ...['-Djdk.lang.Process.launchMechanism=VFORK', '-cp', classes, ...main],
    ],
    cwd: folder,
    // In the C locale, a JDK whose own path has other letters does not find its own libraries.
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    logFile: join(folder, 'log'),
  })
  const app = held.release()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(100_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    const file = join(folder, 'dump')
    await look(async () => {
      expect((await loadAgent(app.pid, library, `since=0,dump=${file}`)).code).toBe(0)
      return readDump(readFileSync(file, 'utf8'))
    }, app.output.text)
    expect(app.output.text).not.toMatch(/FAILED|fatal error/)
  } finally {
    await app.stop()
  }
}

/** Which kinds are opened in a method of another name. */
const METHODS: Partial<Record<string, string>> = {
  virtual: 'in_virtual',
  many_threads: 'one_of_many',
  storm: 'storm',
}
const KINDS = [
  ...['file_stream', 'file_output', 'random_access', 'file_channel', 'mapped', 'nio_stream', 'net_sockets'],
  ...['nio_sockets', 'selector', 'pipe', 'watch', 'datagram_channel', 'unix', 'preclose', 'jar', 'jit_loop'],
  ...['directory_stream', 'process', 'many_threads', 'storm', 'virtual'],
]

emulated('on AArch64 every descriptor names the right Java method', { timeout: 180_000 }, async () => {
  await observed(['Kinds', ...KINDS], async (ask, output) => {
    const dump = await ask()
    const truth = [...output.matchAll(/^TRUTH (\S+) (\d+) /gm)].map(([, kind = '', fd]) => ({
      kind,
      fd: Number(fd),
    }))
    const methods = ({ fd }: { fd: number }) => {
      const file = dump.links.find((link) => link.fd === fd && link.closed === null)?.file
      const record = dump.records.find((each) => each.file === file && each.kind === 'open')
      return (dump.stacks.get(record?.stack ?? 0)?.java ?? []).map(({ method }) => method)
    }
    const right = truth.filter((each) => methods(each).includes(METHODS[each.kind] ?? `open_${each.kind}`))
    console.log(`preload AArch64: right Java method ${right.length}/${truth.length}, lost ${dump.lost}`)
    expect(truth.length).toBeGreaterThan(400)
    expect(right).toEqual(truth)
    expect([dump.lost, dump.noRoom]).toEqual([0, 0])
  })
})

emulated('on AArch64 dumps under load are whole and right', { timeout: 180_000 }, async () => {
  await observed(['Stress'], async (ask) => {
    for (let i = 0; i < 3; i++) {
      const dump = await ask()
      const kept = dump.records.filter(
        ({ kind, stack }) =>
          kind === 'open' && dump.stacks.get(stack)?.java.some(({ method }) => method === 'keep_one'),
      )
      expect(kept).toHaveLength(20)
      expect([dump.lost, dump.noRoom]).toEqual([0, 0])
    }
  })
})

emulated('the gate holds and releases on AArch64, and the other libraries build', async () => {
  const child = spawn(qemu, [build('gate'), '--', '/bin/true'], { stdio: 'ignore' })
  const { pid } = child
  if (pid === undefined) throw new Error(`${qemu} can't be started`)
  await until('the gate waits', () => isHeld(pid))
  const exit = once(child, 'exit')
  process.kill(pid, 'SIGCONT')
  expect(await exit).toEqual([0, null])
  for (const name of ['libbootstacks.so', 'librehearsal.so']) expect(existsSync(build(name))).toBe(true)
})
