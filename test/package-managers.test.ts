/** What a user of each package manager gets: an install without install scripts, twice, and a command that works. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../harness/host/package-root.js'
import { jdk } from './support/java.js'
import { locked, pack, userEnvironment } from './support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'managers-'))
let tarball = ''
beforeAll(async () => {
  tarball = join(folder, pack(folder))
  // Its own package of npm gets its program by an install script; the one for this processor is the program.
  await execa('npm', ['install', '--prefix', tools, '--no-audit', '--no-fund', bunPackage, nodePackage])
}, 180_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const bunPackage = `@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : process.arch}`
const tools = join(folder, 'tools')
// pnpm 11 wants a newer Node than this package.
const nodePackage = `node-linux-${process.arch}@22`
const newerNode = join(tools, 'node_modules', `node-linux-${process.arch}`, 'bin')
const bun = join(tools, 'node_modules', bunPackage, 'bin', 'bun')
const npx = (name: string) => ['npm', 'exec', '--yes', '--prefer-offline', `--package=${name}`, '--']

/** Its own command, how it installs, how it installs what is locked, and how it runs a package's command. */
const managers = [
  {
    name: 'npm',
    path: undefined,
    own: [],
    install: ['npm', 'install'],
    frozen: ['npm', 'ci'],
    run: ['npm', 'exec', '--'],
  },
  ...['pnpm@10', 'pnpm@11', 'pnpm@12'].map((name) => ({
    name,
    path: name === 'pnpm@11' ? newerNode : undefined,
    own: npx(name),
    install: ['pnpm', 'install', '--no-frozen-lockfile'],
    frozen: ['pnpm', 'install', '--frozen-lockfile'],
    run: ['pnpm', 'exec'],
  })),
  {
    name: 'yarn',
    path: undefined,
    own: npx('@yarnpkg/cli-dist@4'),
    install: ['yarn', 'install', '--no-immutable'],
    frozen: ['yarn', 'install', '--immutable'],
    run: ['yarn', 'exec'],
  },
  {
    name: 'bun',
    path: undefined,
    own: [],
    install: [bun, 'install'],
    frozen: [bun, 'install', '--frozen-lockfile'],
    run: [bun, 'x'],
  },
]

test.for(managers)(
  'with $name it installs without any install script, and checks',
  { timeout: 600_000 },
  async ({ name, own, install, frozen, run, path }) => {
    const cwd = mkdtempSync(join(folder, 'user-'))
    const devDependencies = {
      'crac-preflight': `file:${tarball}`,
      vite: locked('vite'),
      vitest: locked('vitest'),
    }
    // Else yarn takes a newer vite for vitest, with whatever dependencies that has.
    const resolutions = { vite: locked('vite') }
    writeFileSync(
      join(cwd, 'package.json'),
      JSON.stringify({ name: 'user', private: true, devDependencies, resolutions }),
    )
    const first = path === undefined ? {} : { PATH: `${path}:${process.env.PATH ?? ''}` }
    const yarn = { YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: '0' }
    const asUser = (command: string[]) => {
      const [program = '', ...args] = [...own, ...command]
      return execa(program, args, {
        cwd,
        reject: false,
        all: true,
        env: { ...userEnvironment, ...yarn, ...first },
        extendEnv: false,
      })
    }
    for (const command of [install, frozen]) {
      const { exitCode, all } = await asUser(command)
      expect([name, command, exitCode, all]).toEqual([name, command, 0, all])
      // The ways in which managers say that a package wants to run something.
      expect(all).not.toMatch(/build scripts|install scripts|postinstall|protobufjs|ssh2|cpu-features/i)
    }
    const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
    const check = ['crac-preflight', 'check', '--trace', 'preload', '--ready', 'log=/READY/', '--']
    const app = [jdk.java, '-cp', leaks, 'leaks.Main', 'FileInput']
    const { exitCode, all } = await asUser([...run, ...check, ...app])
    expect([exitCode, all]).toEqual([1, expect.stringContaining('leaks.FileInput.open')])
    const image = await asUser([...run, 'crac-preflight', 'check', '--image', 'acme/orders'])
    expect([image.exitCode, image.all]).toEqual([2, expect.stringContaining('npm i -D testcontainers')])
    const otlp = await asUser([...run, 'crac-preflight', 'check', '--otlp', 'env', '--', ...app])
    expect([otlp.exitCode, otlp.all]).toEqual([
      2,
      expect.stringContaining('npm i -D @opentelemetry/api@1.9 '),
    ])
  },
)
