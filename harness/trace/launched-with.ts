import { readFile, readlink } from 'node:fs/promises'
import { dirname } from 'node:path'

const valued = /^(?:-cp|-classpath|--class-path|-jar)$/

/** The properties of a JVM that tell where its classes are, as far as /proc knows: for one that can't be asked any more. */
export async function launchProperties(pid: number): Promise<Map<string, string>> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  // lib/server/libjvm.so
  const library = /\s(\/.*\/libjvm\.so)$/m.exec(maps)?.[1]
  return new Map([
    ...(library === undefined
      ? []
      : ([['java.home', dirname(dirname(dirname(library)))]] satisfies [string, string][])),
    ...(cwd === null ? [] : ([['user.dir', cwd]] satisfies [string, string][])),
    ['java.class.path', classPath(words) ?? (await classPathVariable(pid)) ?? '.'],
  ])
}

function classPath(words: string[]): string | null {
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? ''
    if (valued.test(word)) return words[i + 1] ?? null
    const attached = /^--class-path=(.*)$/s.exec(word)?.[1]
    if (attached !== undefined) return attached
  }
  return null
}

async function classPathVariable(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  return text
    .split('\0')
    .find((pair) => pair.startsWith('CLASSPATH='))
    ?.slice('CLASSPATH='.length)
}
