/** What is timed: a program with its arguments, and what it prints when its work is done. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../scripts/free-port.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'

const classes = join(root, 'build', 'bench')

const compiled = new Set()

/** One of our own programs, compiled once: it does its work, prints READY and waits to be ended. */
export function program(name, ...args) {
  if (!compiled.has(name)) {
    mkdirSync(classes, { recursive: true })
    execFileSync(join(javaHome(), 'bin', 'javac'), [
      '-d',
      classes,
      join(root, 'bench', 'java', `${name}.java`),
    ])
    compiled.add(name)
  }
  return ['-cp', classes, name, ...args]
}

const READY = /READY/

/** Three hundred classes for the compiler to read and to write. */
function sources(folder) {
  const names = Array.from({ length: 300 }, (_, i) => `C${i}`)
  return names.map((name, i) => {
    const file = join(folder, `${name}.java`)
    const other = names[(i + 1) % names.length]
    writeFileSync(
      file,
      `import java.util.*;\npublic class ${name} {\n  List<${other}> next = new ArrayList<>();\n` +
        `  int sum(int n) { int s = 0; for (int i = 0; i < n; i++) s += i * ${i}; return s; }\n}\n`,
    )
    return file
  })
}

export const openClose = (times) => ({
  what: `${times.toLocaleString('en')} files opened and closed`,
  args: () => program('OpenClose', `${times}`),
  ready: READY,
})

/** `args` is called with an empty folder of this run. */
export const workloads = {
  'start-up': {
    what: 'spring-boot-web to ready',
    args: async (folder) => [
      '-jar',
      join(root, 'scenarios/spring-boot-web/target/orders.jar'),
      `--server.port=${await freePort()}`,
      `--orders.folder=${folder}`,
    ],
    ready: /Started .* in/,
  },
  javac: {
    what: 'javac of 300 classes',
    args: (folder) => program('Javac', join(folder, 'out'), ...sources(folder)),
    ready: READY,
  },
  http: {
    what: '20,000 HTTP requests, each over a connection of its own',
    args: () => program('Http', '20000'),
    ready: READY,
  },
  'open-close': openClose(200_000),
  'open-threads': {
    what: '200,000 files opened and closed by 16 threads without pause',
    args: (folder) => program('OpenThreads', '16', '12500', folder),
    ready: READY,
  },
}

/** Not for its time but for what is seen of it: so many files of one method, kept open. */
export const KEPT = 1000
export const keeping = (count) => ({
  what: `${count} files kept open`,
  args: () => program('Kept', `${count}`),
  ready: READY,
  sees: { file: '/etc/hostname', method: 'Kept.open' },
})
export const kept = keeping(KEPT)
