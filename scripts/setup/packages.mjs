/** The node packages that package-lock.json names. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'

function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

// npm writes what it has installed to a lock file of its own; comparing the two needs no stamp that could lie.
function isInstalled() {
  const wanted = lockedPackages(join(root, 'package-lock.json'))
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  )
}

export async function packages() {
  if (isInstalled()) return
  say('installing the node packages (npm ci)')
  await run('npm', ['ci', '--no-fund', '--no-audit'])
}
