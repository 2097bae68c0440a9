#!/usr/bin/env node
/**
 * `npm run test:sanitizers [-- TEST…]`: the tests of the small programs, on variants that end at the first wrong address or
 * undefined behaviour.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setUp } from './run-visibly.mjs'
import { makeProbes } from './setup/probes.mjs'
import { arch, probesFolder, root } from './setup/run.mjs'

const programs = ['gate', 'guard', 'exithold', 'peers', 'sidecar']

await setUp('build', [])
const folder = join(root, 'build', 'sanitizers')
const variant = join(folder, 'probes', `linux-${arch}`)
mkdirSync(folder, { recursive: true })
cpSync(join(root, dirname(probesFolder)), dirname(variant), { recursive: true })
const made = await makeProbes(join('sanitizers', 'address'), programs, ['SAN=address,undefined'])
for (const file of made) cpSync(file, join(variant, file.slice(file.lastIndexOf('/') + 1)))

const asked = process.argv.slice(2)
const files = asked.length > 0 ? asked : programs.map((name) => `test/probes/${name}.test.ts`)
const { status } = spawnSync('npx', ['vitest', 'run', ...files], {
  cwd: root,
  stdio: 'inherit',
  // A program that ptrace holds can't look for its own leaks.
  env: { ...process.env, CRAC_PREFLIGHT_PROBES: variant, ASAN_OPTIONS: 'detect_leaks=0' },
})
process.exitCode = status ?? 1
