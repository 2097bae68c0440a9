#!/usr/bin/env node
/** `npm run check`: everything that reads the tree without running it. Goes on after a failure and names all that failed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brokenLinks } from './check/links.mjs'
import { setUp } from './run-visibly.mjs'
import { actionlint } from './setup/checkers.mjs'
import { findTool, root } from './setup/run.mjs'

const tracked = (...patterns) =>
  execFileSync('git', ['ls-files', ...patterns], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)

const local = (name, ...args) => [join('node_modules', '.bin', name), ...args]

const checks = {
  eslint: local('eslint', '.'),
  prettier: local('prettier', '--check', '.'),
  types: local('tsc', '--noEmit', '-p', '.'),
  'types of the page': local('tsc', '--noEmit', '-p', 'page'),
  knip: local('knip', '--no-progress'),
  publint: local('publint', '--strict'),
  attw: local('attw', '--pack', '.', '--profile', 'esm-only'),
  shellcheck: ['shellcheck', ...tracked('*.sh', '.ci/run')],
  actionlint: [actionlint],
  'clang-format': ['clang-format', '--dry-run', '--Werror', ...tracked('probes/**/*.c', 'probes/**/*.h')],
}

await setUp('check', [])
const failed = []
for (const [name, [command, ...args]] of Object.entries(checks)) {
  if (command === actionlint && !existsSync(actionlint)) {
    console.log('skipped actionlint: it is made of a Go module, by Go 1.24 or later')
    continue
  }
  const begin = performance.now()
  const tool = command.includes('/') ? resolve(root, command) : findTool(command)
  if (tool === null) {
    console.error(`${name}: ${command} is not installed; "apt-get install ${command}" gets it`)
    failed.push(name)
    continue
  }
  const { status, stdout, stderr } = spawnSync(tool, args, { cwd: root, encoding: 'utf8' })
  console.log(
    `${status === 0 ? 'ok    ' : 'failed'} ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`,
  )
  if (status === 0) continue
  failed.push(name)
  console.log(`${stdout}${stderr}`)
}
const broken = brokenLinks(root, tracked('*.md'))
console.log(`${broken.length === 0 ? 'ok    ' : 'failed'} links`)
for (const line of broken) console.log(line)
if (broken.length > 0) failed.push('links')
if (failed.length > 0) console.error(`\n${failed.join(', ')} failed`)
process.exitCode = Number(failed.length > 0)
