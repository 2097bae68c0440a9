/** A command of a warm-up, and what it leaves: nothing, however the check ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { run } from '../cli/command-line.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { own } from '../killed/left.js'

const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const folder = mkdtempSync(join(tmpdir(), 'warm-up-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A check whose warm-up is these commands; its temporary folder marks all that it starts. */
function check(commands: string[], { onStart }: Pick<Parameters<typeof run>[1] & object, 'onStart'> = {}) {
  const file = join(folder, 'crac-preflight.yaml')
  writeFileSync(
    file,
    `apps:
  clean:
    command: ${JSON.stringify([jdk.java, '-cp', waits, 'Waits'])}
    ready: { log: READY }
    trace: none
    warm-up: ${JSON.stringify(commands.map((command) => ({ run: command })))}
`,
  )
  const env = { TMPDIR: folder }
  return run(['check', '--file', file], onStart === undefined ? { env } : { env, onStart })
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
const sleeping = (): string[] =>
  own(folder)
    .map(commandOf)
    .filter((command) => command.startsWith('sleep '))

test('what a command has started in the background ends with it, and keeps nobody waiting', async () => {
  const { code, stdout } = await check(['sleep 300 & echo started', 'test -d /no/such'])
  expect(code).toBe(3)
  expect(stdout).toContain('"test -d /no/such" ended with exit code 1')
  expect(sleeping()).toEqual([])
})

test('a command that runs when the harness is killed is killed, too, and what it has started', async () => {
  let kill = () => false
  const ended = check(['sleep 300 & sleep 301'], {
    onStart: (child) => (kill = () => child.kill('SIGKILL')),
  })
  await expect.poll(() => sleeping().sort(), { timeout: 50_000 }).toEqual(['sleep 300', 'sleep 301'])
  kill()
  await ended
  await expect.poll(sleeping, { timeout: 20_000 }).toEqual([])
  await expect.poll(() => own(folder), { timeout: 20_000 }).toEqual([])
})

test('a command that is not there is told by its name', async () => {
  const { code, stdout } = await check(['/no/such/load'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/"\/no\/such\/load" ended with exit code 127, and printed:\s+.*\/no\/such\/load/)
})
