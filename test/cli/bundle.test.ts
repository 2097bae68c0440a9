/** What the command line reads before it begins: `scripts/setup/typescript.mjs` puts it into few files. */
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { cli } from './command-line.js'

const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}

const IMPORT = /(?:^|;)(?:import|export)[^;()"]*"([^"]+)"/gm

/** The files that are read with this one, and the packages that they name. */
function readWith(file: string, files = new Set<string>(), packages = new Set<string>()) {
  files.add(file)
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const path = join(dirname(file), name)
    if (!name.startsWith('.')) packages.add(name)
    else if (!files.has(path)) readWith(path, files, packages)
  }
  return { files, packages }
}

const bundle = join(packageRoot, 'dist', 'harness', 'bundle')

test('the command line starts with one file, and a check with few more, none of them zod’s', () => {
  expect(readFileSync(cli, 'utf8')).toBe("#!/usr/bin/env node\nimport '../bundle/main.js'\n")
  const main = join(bundle, 'main.js')
  const [, check = ''] = /import\(["`]\.\/(check-[\w-]+\.js)["`]\)/.exec(readFileSync(main, 'utf8')) ?? []
  expect(existsSync(join(bundle, check))).toBe(true)
  const { files, packages } = readWith(join(bundle, check))
  expect(files.size).toBeLessThan(30)
  for (const name of packages)
    if (!name.startsWith('node:') && !builtinModules.includes(name)) {
      expect(Object.keys(dependencies)).toContain(name)
      expect(name).not.toBe('zod')
    }
})
