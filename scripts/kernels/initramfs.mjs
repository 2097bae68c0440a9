/** An initramfs that mounts the machine's own root under another kernel: busybox, an init, modules. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../setup/run.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** What a root over virtiofs with an overlay on it needs; what a kernel has no file for is built in. */
const wanted = ['virtio_pci', 'virtiofs', 'overlay', 'virtio_rng']
const FILE = 0o100644
const PROGRAM = 0o100755
const FOLDER = 0o040755

const nameOf = (file) =>
  basename(file)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_')

function read(file) {
  if (!file.endsWith('.xz')) return readFileSync(file)
  return execFileSync('xz', ['-dc', file], { maxBuffer: 1 << 28 })
}

/** The modules to load, each after those that it needs. */
function modulesOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.ko(\.xz)?$/.test(entry.name),
  )
  const paths = new Map(files.map((entry) => [nameOf(entry.name), join(entry.parentPath, entry.name)]))
  const modules = new Map()
  const add = (name) => {
    const path = paths.get(name)
    if (path === undefined || modules.has(name)) return
    const content = read(path)
    const needs = /(?:^|\0)depends=([^\0]*)/.exec(content.toString('latin1'))?.[1] ?? ''
    for (const each of needs.split(',')) add(each.replaceAll('-', '_'))
    modules.set(name, content)
  }
  for (const name of wanted) add(name)
  return modules
}

/** One entry of a cpio archive in the format "newc". */
function entry(path, mode, content = Buffer.alloc(0)) {
  const name = Buffer.from(`${path}\0`)
  const fields = [0, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  const pad = (length) => Buffer.alloc((4 - (length % 4)) % 4)
  return [header, name, pad(header.length + name.length), content, pad(content.length)]
}

/** Writes the initramfs of a kernel; `job` is the script that the guest's shell runs. */
export function writeInitramfs(file, { modules: folder, busybox, job }) {
  const modules = modulesOf(folder)
  const folders = ['bin', 'lib', 'proc', 'sys', 'dev', 'ro', 'rw', 'root', 'kept']
  const entries = [
    ...folders.map((path) => entry(path, FOLDER)),
    entry('bin/busybox', PROGRAM, readFileSync(busybox)),
    entry('checkout', FILE, Buffer.from(root)),
    entry('init', PROGRAM, readFileSync(join(here, 'init.sh'))),
    entry('job', PROGRAM, Buffer.from(job)),
    entry('modules', FILE, Buffer.from([...modules.keys()].map((name) => `${name}\n`).join(''))),
    ...[...modules].map(([name, content]) => entry(`lib/${name}.ko`, FILE, content)),
    entry('TRAILER!!!', 0),
  ]
  writeFileSync(file, Buffer.concat(entries.flat()))
}
