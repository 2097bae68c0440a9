import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { holdProcess } from '../../../harness/app/process.js'
import { loadAgent } from '../../../harness/jvm/attach.js'
import { readDump } from '../../../harness/ledger/observers/preload/preload-dump.js'
import { probesFolder } from '../../../harness/host/package-root.js'
import { compileJava, fixture, jdk, jdks } from '../../support/java.js'
import { plain, preloading } from '../../support/plain.js'
import { compile } from '../programs.js'

const library = plain(join(probesFolder, 'libfdpreload.so'))
const preloaded = preloading(library)
const classes = compileJava(
  'preload',
  ['Stress', 'Hello', 'Children'].map((name) => fixture('java/17', `${name}.java`)),
  17,
)
/** The sizes that take minutes: PREFLIGHT_STRESS=1. */
const full = process.env.PREFLIGHT_STRESS === '1'
const scratch = () => mkdtempSync(join(tmpdir(), 'preload-'))
const run = promisify(execFile)

/** Starts a program of the fixtures under the library, and waits until it is ready. */
async function start(java: string, main: string, env: Record<string, string> = {}, options: string[] = []) {
  const folder = scratch()
  const held = await holdProcess({
    command: [
      java,
      `-agentpath:${library}`,
      '-XX:+EnableDynamicAgentLoading',
      ...options,
      '-cp',
      classes,
      main,
    ],
    cwd: folder,
    // In the C locale, a JDK whose own path has other letters does not find its own helper for processes.
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', ...preloaded, ...env },
    logFile: join(folder, 'log'),
  })
  const app = held.release()
  await Promise.race([
    app.output.line(/^READY/, AbortSignal.timeout(60_000)),
    app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
  ])
  return { app, folder }
}

test('a native program keeps errno, vfork, forks and signals as they are', () => {
  const folder = scratch()
  execFileSync('cc', ['-O1', '-o', join(folder, 'java'), fixture('native-guards.c'), '-ldl'])
  const text = execFileSync(join(folder, 'java'), {
    env: preloaded,
    timeout: 30_000,
  }).toString()
  expect(text.trim().split('\n')).toEqual([
    'errno kept',
    'vfork returned twice',
    'clone returned twice',
    'forks 200',
    'signals survived',
    'dlsym agrees',
  ])
})

test('children of the app inherit nothing, and the user’s own LD_PRELOAD stays', async () => {
  const folder = scratch()
  const own = join(folder, 'libown.so')
  // It wraps a function that is observed, too: each must find the next in line.
  execFileSync('cc', ['-shared', '-fPIC', '-o', own, fixture('own-preload.c'), '-ldl'])
  for (const theirs of ['', own]) {
    const { app } = await start(jdk.java, 'Children', {
      LD_PRELOAD: [preloaded.LD_PRELOAD, ...(theirs ? [theirs] : [])].join(':'),
    })
    const maps = readFileSync(`/proc/${app.pid}/maps`, 'utf8')
    await app.stop()
    expect(app.output.text).toContain(`CHILD LD_PRELOAD=${theirs}\n`)
    expect(app.output.text).not.toContain('libfdpreload')
    expect(app.output.text.includes(own)).toBe(theirs !== '')
    expect(maps.includes(own)).toBe(theirs !== '')
  }
})

test('a JVM that inherits the option without the preload starts as if nothing were', async () => {
  const { stdout, stderr } = await run(jdk.java, [`-agentpath:${library}`, '-cp', classes, 'Hello'])
  expect([stdout, stderr]).toEqual(['HELLO\n', ''])
})

test.for(jdks)(
  '-Xcheck:jni has no more to say of JDK $feature with the library than without',
  async ({ java }) => {
    const warnings = async (env: Record<string, string>, options: string[]) => {
      const { stdout, stderr } = await run(java, [...options, '-Xcheck:jni', '-cp', classes, 'Hello'], {
        env: { PATH: process.env.PATH, ...env },
      })
      return (stdout + stderr).split('\n').filter((line) => /WARNING|FATAL|ERROR/.test(line))
    }
    expect(await warnings(preloaded, [`-agentpath:${library}`])).toEqual(await warnings({}, []))
  },
)

test.for(['malloc', 'calloc'])(
  'a dump for which there is no memory is no dump, and the next one is whole: %s',
  async (function_) => {
    const shim = compile('no-memory', scratch(), ['-shared', '-fPIC'])
    const refused = scratch()
    const { app, folder } = await start(jdk.java, 'Stress', {
      LD_PRELOAD: `${preloaded.LD_PRELOAD}:${shim}`,
      NO_MEMORY: refused,
    })
    const file = join(folder, 'dump')
    writeFileSync(join(refused, function_), '')
    const { code } = await loadAgent(app.pid, library, `since=0,dump=${file}`)
    expect([code, readdirSync(folder).filter((name) => name.startsWith('dump'))]).toEqual([1, []])
    rmSync(join(refused, function_))
    expect((await loadAgent(app.pid, library, `since=0,dump=${file}`)).code).toBe(0)
    expect(readDump(readFileSync(file, 'utf8')).links.length).toBeGreaterThan(20)
    await app.stop()
  },
)

/** Dumps again and again while the program opens, forks and loads classes; each must be whole, and right. */
async function stress(java: string, options: string[], dumps: number): Promise<string> {
  const { app, folder } = await start(java, 'Stress', {}, options)
  let records = 0
  for (let i = 0; i < dumps; i++) {
    const file = join(folder, 'dump')
    const { code } = await loadAgent(app.pid, library, `since=0,dump=${file}`)
    expect(code).toBe(0)
    const dump = readDump(readFileSync(file, 'utf8'))
    const open = new Set(dump.links.filter(({ closed }) => closed === null).map(({ file }) => file))
    const kept = dump.records.filter(
      ({ kind, file, stack }) =>
        kind === 'open' &&
        open.has(file) &&
        dump.stacks.get(stack)?.java.some(({ method }) => method === 'keep_one'),
    )
    expect(kept).toHaveLength(20)
    expect([dump.lost, dump.noRoom]).toEqual([0, 0])
    records = dump.records.length
  }
  expect(readFileSync(`/proc/${app.pid}/maps`, 'utf8')).toContain('libfdpreload.so')
  const told = app.output.text
  await app.stop()
  expect(told).not.toMatch(/FAILED|fatal error|WARNING|FATAL/)
  return `${dumps} dumps under load, ${records} records in the last`
}

test.for(jdks)(
  'dumps under opens, forks, class loading and collections are whole, and right, on JDK $feature',
  { timeout: 600_000 },
  async ({ java, feature }) => {
    console.log(`preload JDK ${feature}: ${await stress(java, [], full ? 200 : 15)}`)
  },
)

const collectors = ['Serial', 'Parallel', 'G1', 'Shenandoah', 'Z']
const combined = (full ? jdks : jdks.slice(-1)).flatMap((jdk) =>
  collectors.map((collector) => ({ ...jdk, collector })),
)

test.for(combined)(
  'collections of $collector on JDK $feature find no thread in a wrong state, and -Xcheck:jni is silent',
  { timeout: 600_000 },
  async ({ java, feature, collector }) => {
    const options = [`-XX:+Use${collector}GC`, '-Xmx64m', '-Xcheck:jni']
    console.log(`preload JDK ${feature} ${collector}: ${await stress(java, options, full ? 50 : 3)}`)
  },
)

test('many JVMs start and end without a hang', { timeout: 1_200_000 }, async () => {
  const starts = full ? 1000 : 20
  for (let i = 0; i < starts; i += jdks.length)
    await Promise.all(
      jdks.map(async ({ java }) => {
        const { stdout } = await run(java, [`-agentpath:${library}`, '-cp', classes, 'Hello'], {
          env: { PATH: process.env.PATH, ...preloaded },
          timeout: 60_000,
        })
        expect(stdout).toBe('HELLO\n')
      }),
    )
  console.log(`preload: ${starts} JVMs started and ended`)
})
