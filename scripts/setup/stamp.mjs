/** Remembers from which sources a product was made, so that nothing is made twice. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './run.mjs'

const generated = new Set(['target', 'build', 'dist', 'node_modules'])

function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !generated.has(entry.name) && !entry.name.startsWith('.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => filesBelow(join(path, entry.name)))
}

// Contents, not times: a fresh checkout gives every file a new time, and a branch switch must rebuild.
function fingerprint(inputs, salt) {
  const hash = createHash('sha256').update(`${process.arch} ${salt}`)
  for (const file of inputs.flatMap((input) => filesBelow(join(root, input)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Makes the products unless they exist and were made from these very inputs (files or folders below the root). */
export async function makeOnce({ name, inputs, products, salt = '' }, make) {
  const stamp = join(root, 'build', 'stamps', name)
  const wanted = fingerprint(inputs, salt)
  const isFresh = () => products.every((product) => existsSync(product))
  if (isFresh() && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  rmSync(stamp, { force: true })
  await make()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}
