import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { packageRoot, probesFolder } from '../../harness/host/package-root.js'

const folder = mkdtempSync(join(tmpdir(), 'process-'))
let logs = 0
const hold = (command: string[], env: Record<string, string> = {}) =>
  holdProcess({
    command,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    logFile: join(folder, `${logs++}.log`),
  })

test('nothing of the app runs before it is released', async () => {
  const held = await hold(['sh', '-c', 'echo ran'])
  expect(readlinkSync(`/proc/${held.pid}/exe`)).toMatch(/gate$/)
  const app = held.release()
  expect(await app.exited).toBe(0)
  expect(app.output.text).toBe('ran\n')
})

test('the app keeps its pid, its arguments, its environment and its folder', async () => {
  const held = await hold(['sh', '-c', 'echo $$ "$0" "$GREETING"; pwd; exit 7', 'an "odd" $word'], {
    GREETING: 'hello',
  })
  const app = held.release()
  expect(await app.exited).toBe(7)
  expect(app.output.text).toBe(`${held.pid} an "odd" $word hello\n${folder}\n`)
})

test('standard output and error keep their order, and the log file has all of it', async () => {
  const held = await hold(['sh', '-c', 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done'])
  const app = held.release()
  await app.exited
  expect(app.output.text).toBe([1, 2, 3, 4, 5].map((i) => `out ${i}\nerr ${i}\n`).join(''))
})

test('its standard streams are /dev/null and files, which an image may hold: no socket or pipe of ours', async () => {
  const app = (
    await hold(['sh', '-c', 'readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; ls /proc/$$/fd'])
  ).release()
  expect(await app.exited).toBe(0)
  const [input, output, errors, ...open] = app.output.text.trim().split('\n')
  expect(input).toBe('/dev/null')
  expect(output).toMatch(/\/\d+\.log$/)
  expect(errors).toBe(output)
  expect(open.filter((fd) => Number(fd) <= 2)).toHaveLength(3)
})

test('stopping reaches the processes that the app has started', async () => {
  const app = (await hold(['sh', '-c', 'sleep 600 & echo $!; wait'])).release()
  const child = Number(await app.output.line(/^\d+$/, AbortSignal.timeout(5000)))
  expect(await app.stop()).toBe('SIGTERM')
  await expect.poll(() => isAlive(child)).toBe(false)
})

test('an app that ignores SIGTERM is killed', async () => {
  const app = (await hold(['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 1; done'])).release()
  await app.output.line(/up/, AbortSignal.timeout(5000))
  expect(await app.stop()).toBe('SIGKILL')
}, 15_000)

test('what a script has started gets its five seconds, though the script ends at once', async () => {
  const slow = `trap 'sleep 1; echo cleaned; exit' TERM; echo up; while :; do sleep 0.1; done`
  const app = (await hold(['sh', '-c', 'sh -c "$0"; echo never', slow])).release()
  const log = join(folder, `${logs - 1}.log`)
  await app.output.line(/up/, AbortSignal.timeout(5000))
  expect(await app.stop()).toBe('SIGTERM')
  expect(readFileSync(log, 'utf8')).toMatch(/^cleaned$/m)
}, 15_000)

test('what a script has started and ignores SIGTERM is killed', async () => {
  const stubborn = `trap '' TERM; echo $$; while :; do sleep 0.1; done`
  const app = (await hold(['sh', '-c', 'sh -c "$0"; echo never', stubborn])).release()
  const child = Number(await app.output.line(/^\d+$/, AbortSignal.timeout(5000)))
  await app.stop()
  await expect.poll(() => isAlive(child)).toBe(false)
}, 15_000)

test('a working folder that is not there is named', async () => {
  const held = holdProcess({ command: ['true'], cwd: join(folder, 'none'), env: {}, logFile: '/dev/null' })
  await expect(held).rejects.toThrow(`cwd can't be "${join(folder, 'none')}": there is no such folder.`)
})

test('a held app that is never released can be stopped', async () => {
  const held = await hold(['sh', '-c', 'echo ran'])
  await held.stop()
  expect(isAlive(held.pid)).toBe(false)
})

test('an app does not outlive a harness that is killed', async () => {
  // The gate is started as the harness does it, by a parent that is then killed.
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const p = require('child_process').spawn(${JSON.stringify(join(probesFolder, 'gate'))}, ['--die-with-parent', '--', 'sleep', '600'], { detached: true, stdio: 'ignore' });
       setTimeout(() => { p.kill('SIGCONT'); console.log(p.pid) }, 200); setInterval(() => {}, 1000)`,
    ],
    { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const app = Number(line.toString())
  await expect.poll(() => readFileSync(`/proc/${app}/comm`, 'utf8')).toBe('sleep\n')
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(app)).toBe(false)
})

test.for(['held', 'released', 'stopped'])(
  'nothing is left of an app that is %s, behind a script, when its harness is killed',
  async (state) => {
    const pids = join(folder, `${state}.pids`)
    const script = `sleep 600 & echo $! $$ > ${pids}; wait; echo never`
    const spec = { command: ['sh', '-c', script], cwd: folder, env: { PATH: process.env.PATH ?? '' } }
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { existsSync } from 'node:fs'
         import { holdProcess } from ${JSON.stringify(join(packageRoot, 'dist/harness/app/process.js'))}
         const held = await holdProcess(${JSON.stringify({ ...spec, logFile: join(folder, `${state}.log`) })})
         const started = async () => { while (!existsSync('${pids}')) await new Promise(done => setTimeout(done, 10)) }
         const app = '${state}' === 'held' ? held : held.release()
         if (app !== held) await started()
         if ('${state}' === 'stopped') await app.stop()
         console.log(held.pid)
         setInterval(() => undefined, 1000)`,
      ],
      // The mark by which all that it starts is found.
      { env: { ...process.env, KILLED_HARNESS: state }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const group = Number(line.toString())
    const guards = () => readAll('comm').filter(({ text, pid }) => text === 'guard\n' && isMarked(pid, state))
    try {
      expect(membersOf(group)).toHaveLength({ held: 1, released: 2, stopped: 0 }[state] ?? NaN)
      await expect.poll(guards).toHaveLength(state === 'stopped' ? 0 : 1)
    } finally {
      parent.kill('SIGKILL')
    }
    await expect.poll(() => membersOf(group)).toEqual([])
    await expect.poll(guards).toEqual([])
  },
)

const isMarked = (pid: number, mark: string): boolean =>
  readAll('environ', [pid]).some(({ text }) => text.includes(`KILLED_HARNESS=${mark}\0`))

/** Who of a process group is alive. */
const membersOf = (group: number): number[] =>
  readAll('stat').flatMap(({ pid, text }) => {
    const [state, , itsGroup] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return Number(itsGroup) === group && state !== 'Z' ? [pid] : []
  })

/** A file of /proc of each process that has it. */
const readAll = (
  name: string,
  pids = readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .map(Number),
) =>
  pids.flatMap((pid) => {
    try {
      return [{ pid, text: readFileSync(`/proc/${pid}/${name}`, 'utf8') }]
    } catch {
      return []
    }
  })

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
