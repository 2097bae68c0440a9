/** Remembers from which sources something was made, so that nothing is made twice. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './run.mjs'

const generated = new Set(['target', 'build', 'dist', 'node_modules'])

/** Every source file below a path, in a fixed order. */
export function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !generated.has(entry.name) && !/^\.|\.md$/.test(entry.name))
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

function readStamp(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { inputs: null, products: [] }
}

/**
 * Makes something unless it was made from these very inputs (files or folders below the root) and is still there.
 * What is made are the paths, below the root, that `make` resolves to.
 */
export async function makeOnce({ name, inputs, salt = '' }, make) {
  const stamp = join(root, 'build', 'stamps', `${name}.json`)
  const wanted = fingerprint(inputs, salt)
  const made = readStamp(stamp)
  if (made.inputs === wanted && made.products.every((product) => existsSync(join(root, product)))) return
  rmSync(stamp, { force: true })
  const products = await make()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, JSON.stringify({ inputs: wanted, products }))
}
