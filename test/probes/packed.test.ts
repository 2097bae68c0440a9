/** What is published: the probes for every machine that package.json names, each of them once. */
import { execFileSync } from 'node:child_process'
import { existsSync, openSync, readFileSync, readSync, closeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { capability, needing } from '../support/capability.js'
import { cli } from '../cli/command-line.js'

const { os, cpu } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as Manifest
interface Manifest {
  os: string[]
  cpu: string[]
}

const arm64 = capability(
  'arm64',
  existsSync(join(packageRoot, 'dist', 'probes', 'linux-arm64')),
  'the probes for arm64 are not built: "node scripts/setup.mjs package" does it',
)
/** As an ELF file names its machine. */
const MACHINES: Partial<Record<number, string>> = { 62: 'x64', 183: 'arm64' }
const libraries = ['libbootstacks.so', 'libfdpreload.so', 'librehearsal.so']
const programs = ['attach', 'exithold', 'fdtrace', 'gate', 'guard', 'libasyncProfiler.so', 'peers', 'sidecar']

needing(arm64)('the package has all probes for all its machines once, and is smaller than 4 MB', () => {
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  })
  const [packed] = JSON.parse(told) as { size: number; files: { path: string }[] }[]
  const paths = (packed?.files ?? [])
    .map(({ path }) => path)
    .filter((path) => path.startsWith('dist/probes/'))
  expect(packed?.size).toBeLessThan(4_000_000)
  expect([os, cpu]).toEqual([['linux'], ['x64', 'arm64']])
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const folder = basename(dirname(path))
    folders.set(folder, [...(folders.get(folder) ?? []), basename(path)])
  }
  expect([...folders.keys()].sort()).toEqual(
    ['common', ...cpu.flatMap((each) => [`linux-${each}`, `linux-${each}-musl`])].sort(),
  )
  for (const each of cpu) {
    expect(folders.get(`linux-${each}`)).toEqual(expect.arrayContaining([...libraries, ...programs]))
    expect(folders.get(`linux-${each}-musl`)?.sort()).toEqual(libraries)
    for (const path of paths.filter((path) => path.includes(`/linux-${each}`)))
      expect(`${path} ${machineOf(join(packageRoot, path))}`).toBe(`${path} ${each}`)
  }
  expect(paths.filter((path) => path.endsWith('.jar'))).toEqual(['dist/probes/common/rehearsal.jar'])
})

function machineOf(file: string): string {
  const header = Buffer.alloc(20)
  const fd = openSync(file, 'r')
  readSync(fd, header, 0, header.length, 0)
  closeSync(fd)
  return MACHINES[header.readUInt16LE(18)] ?? 'no ELF file'
}

test('a machine for which there are no probes is told so at once', async () => {
  const other = `data:text/javascript,Object.defineProperty(process,'arch',{value:'riscv64'})`
  const { exitCode, stdout } = await execa(
    process.execPath,
    ['--import', other, cli, 'check', '--', 'java', '-version'],
    {
      reject: false,
    },
  )
  expect(exitCode).toBe(3)
  expect(stdout).toContain(
    'crac-preflight has no probes for linux-riscv64: it runs on linux-x64 and linux-arm64.',
  )
})
