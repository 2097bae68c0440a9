/**
 * The Dockerfile of the tool, built and run. Nothing is pulled: its base is a test image with a JDK, Node is this machine's, and
 * what its lines install is installed beforehand by the same words, and copied.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { needing } from '../support/capability.js'
import { docker, engine, image } from '../support/docker.js'
import { pack, userEnvironment } from '../support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'image-'))
const context = join(folder, 'context')
const name = `crac-preflight-test/tool:${process.pid}`
const dockerfile = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8')

/** A program of this machine and the libraries that it loads, where the image has them, too. */
async function copyProgram(program: string, to: string): Promise<void> {
  const { stdout } = await execa('ldd', [program])
  const libraries = [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path = '']) => path)
  for (const [from, into] of [[program, to], ...libraries.map((path) => [path, path])] as [
    string,
    string,
  ][]) {
    mkdirSync(join(context, 'system', dirname(into)), { recursive: true })
    cpSync(realpathSync(from), join(context, 'system', into))
  }
}

/** The Dockerfile with its installing lines taken from it: what they have installed is copied instead. */
function withoutRuns(): { text: string; installs: string[] } {
  const runs = dockerfile.match(/^RUN (?:.*\\\n)*.*$/gm) ?? []
  const text = runs.reduce(
    (rest, run, i) => rest.replace(run, `COPY ${['system', 'tool'][i] ?? ''} /`),
    dockerfile,
  )
  return { text, installs: runs.map((run) => run.replace('RUN ', '').replaceAll('\\\n', ' ')) }
}

beforeAll(async () => {
  if (engine.refusal !== null) return
  const { text, installs } = withoutRuns()
  mkdirSync(context)
  // As Node's own image has it, and where the test image has its JDK.
  const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/opt/java/bin'
  writeFileSync(join(context, 'Dockerfile'), text.replace('\nFROM ${NODE}\n', `\nFROM \${NODE}\n${path}\n`))
  await copyProgram(process.execPath, '/usr/local/bin/node')
  await copyProgram('/usr/bin/env', '/usr/bin/env')
  const own = {
    PACKAGE: join(folder, pack(folder)),
    npm_config_prefix: join(context, 'tool', 'usr', 'local'),
    // The line empties it.
    npm_config_cache: join(folder, 'cache'),
  }
  await execa('sh', ['-ec', installs[1] ?? 'false'], {
    env: { ...userEnvironment, ...own },
    extendEnv: false,
  })
  const dockerd = await docker()
  const tar = spawn('tar', ['-C', context, '--owner=0', '--group=0', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const building = await dockerd.buildImage(tar.stdout, { t: name, buildargs: { NODE: image('root') } })
  const said: { error?: string }[] = await new Promise((resolve, reject) => {
    dockerd.modem.followProgress(building, (error, all: { error?: string }[]) => {
      if (error) reject(error)
      else resolve(all)
    })
  })
  expect(said.flatMap(({ error }) => error ?? [])).toEqual([])
}, 300_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  if (engine.refusal === null) await (await docker()).getImage(name).remove({ force: true })
})

/** What `docker run` prints, and how it ends. */
async function dockerRun(...command: string[]): Promise<{ code: number; output: string }> {
  const dockerd = await docker()
  const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
  const container = await dockerd.createContainer({
    Image: name,
    ...(command.length > 0 && { Cmd: command }),
    Tty: true,
    HostConfig: { Binds: [`${leaks}:/work:ro`] },
  })
  try {
    await container.start()
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const log = await container.logs({ stdout: true, stderr: true })
    // A terminal gets colours.
    return { code: StatusCode, output: stripVTControlCharacters(log.toString()) }
  } finally {
    await container.remove({ force: true })
  }
}

needing(engine)('the image of the tool says its help, and checks an app', { timeout: 180_000 }, async () => {
  const help = await dockerRun()
  expect(help).toEqual({ code: 0, output: expect.stringContaining('crac-preflight <command>') as unknown })
  const app = ['--ready', 'log=/READY/', '--', 'java', '-cp', '.', 'leaks.Main', 'FileInput']
  const { code, output } = await dockerRun('check', ...app)
  expect(code, output).toBe(1)
  // Its terminal is narrow.
  expect(output).toMatch(/owner +leaks\.FileInput\.open\s+\(FileInput\.java:14\)/)
})

needing(engine)('what its first line installs is what Debian calls so', async () => {
  const [, packages = ''] = /--no-install-recommends (\S+)/.exec(withoutRuns().installs[0] ?? '') ?? []
  const { stdout } = await execa('apt-cache', ['show', packages])
  expect(stdout).toContain(`Package: ${packages}\n`)
})
