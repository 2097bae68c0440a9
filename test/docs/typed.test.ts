/** The TypeScript that README and docs show compiles against the package, as its users have it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const docs = readdirSync(join(packageRoot, 'docs')).filter((name) => name.endsWith('.md'))
const pages = ['README.md', ...docs.map((name) => join('docs', name))]
/** Below the package, so that its own name leads to what it exports. */
const folder = join(packageRoot, 'build', 'snippets')

/** What a part of a file takes for granted. */
const around = `import { cracPreflight } from 'crac-preflight/config'
import { scenario } from 'crac-preflight/vitest'
import { GenericContainer, type StartedNetwork } from 'testcontainers'
declare const network: StartedNetwork
declare const follow: (stream: import('node:stream').Readable) => void
export { cracPreflight, GenericContainer, follow, network, scenario }
`

/** A block that has no imports is a part of a file, and one that begins with a key is a part of a scenario. */
function wholeFile(block: string): string {
  if (/^import /m.test(block)) return block
  return around + (/^\w+: /.test(block) ? `scenario('orders', {\n${block}})\n` : block)
}

test('every TypeScript block of README and docs compiles', { timeout: 180_000 }, () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let count = 0
  for (const page of pages) {
    const text = readFileSync(join(packageRoot, page), 'utf8')
    for (const [, block = ''] of text.matchAll(/^```ts\n([^]*?)^```$/gm))
      writeFileSync(join(folder, `${basename(page, '.md')}-${count++}.ts`), wholeFile(block))
  }
  expect(count).toBeGreaterThan(7)
  const own = { extends: '../../test/types/tsconfig.json', include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(own))
  const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['-p', folder, '--skipLibCheck']
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
