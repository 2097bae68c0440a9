import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const run = promisify(execFile)
const sources = join(packageRoot, 'test', 'fuzz', 'native')
const probes = join(packageRoot, 'probes')
const folder = join(packageRoot, 'build', 'fuzz', 'native')

const seconds = Number(process.env.CRAC_PREFLIGHT_FUZZ_SECONDS ?? 0)
const seed = process.env.CRAC_PREFLIGHT_FUZZ_SEED ?? '1'
/** Each reader in C, and what of the probes it is linked with. */
const readers: Record<string, { with: string[]; short: number }> = {
  json: { with: ['common/json.c'], short: 30_000 },
  commands: { with: ['fdtrace/json.c', 'common/json.c', 'common/number.c'], short: 30_000 },
  gate: { with: ['common/number.c', 'gate/told.c'], short: 30_000 },
  // It keeps a megabyte of room, which a sanitizer makes dear.
  frames: { with: [], short: 400 },
}

/** It ends at the first wrong address and at undefined behaviour. */
async function build(name: string, sourcesOf: string[]): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, name)
  await run('gcc', [
    ...['-std=gnu17', '-Wall', '-Wextra', '-Werror', '-g', '-O1'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...['-I', probes, '-I', join(probes, 'fdtrace'), '-I', join(probes, 'sidecar'), '-I', sources],
    ...[join(sources, `${name}.c`), join(sources, 'run.c')],
    ...sourcesOf.map((file) => join(probes, file)),
    ...['-o', program],
  ])
  return program
}

for (const [name, reader] of Object.entries(readers))
  test(
    `whatever comes to the native reader of ${name}, no sanitizer speaks`,
    async () => {
      const program = await build(name, reader.with)
      const until = seconds > 0 ? ['1000000000', String(seconds)] : [String(reader.short), '60']
      const begin = performance.now()
      const { stderr } = await run(program, [seed, ...until], { maxBuffer: 1 << 30 })
      const took = (performance.now() - begin) / 1000
      const done = Number(/^(\d+) inputs$/m.exec(stderr)?.[1])
      console.log(
        `${name}: seed ${seed}, ${done} inputs in ${took.toFixed(1)} s (${Math.round(done / took)}/s)`,
      )
      expect(done).toBeGreaterThanOrEqual(seconds > 0 ? 1000 : reader.short)
    },
    120_000 + 2000 * seconds,
  )
