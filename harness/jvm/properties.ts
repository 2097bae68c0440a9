import { dirname } from 'node:path'
import { AttachError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { readCmdline, readEnvironment } from '../host/procfs/cmdline.js'
import { readMaps } from '../host/procfs/maps.js'
import { jcmd, type AttachOptions } from './attach.js'
import { parseJavaCommandLine } from './java-command-line.js'

/** The JVM's system properties, by its own word. */
export async function systemProperties(pid: number, options?: AttachOptions): Promise<Map<string, string>> {
  const { code, output } = await jcmd(pid, 'VM.system_properties', options)
  if (code !== 0)
    throw new AttachError('ATTACH_REFUSED', `VM.system_properties was refused: ${output.trim()}`)
  return parseProperties(output)
}

/** Those that tell where a JVM's classes are, as far as /proc knows: for one that can't be asked any more. */
export async function launchProperties(pid: number, host: Host): Promise<Map<string, string>> {
  const { classPath } = parseJavaCommandLine((await readCmdline(pid, host)).slice(1))
  const variable = (await readEnvironment(pid, host)).get('CLASSPATH')
  const properties = new Map([['java.class.path', classPath ?? variable ?? '.']])
  const library = (await readMaps(pid, host)).find(({ path }) => path.endsWith('/libjvm.so'))?.path
  // lib/server/libjvm.so
  if (library !== undefined) properties.set('java.home', dirname(dirname(dirname(library))))
  const cwd = await host.readlink(`/proc/${pid}/cwd`).catch(() => null)
  if (cwd !== null) properties.set('user.dir', cwd)
  return properties
}

/** The format of java.util.Properties as `store` writes it: one pair a line, special characters escaped. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const pair = /^((?:[^\\=:]|\\.)*)[=:](.*)$/.exec(line)
    if (pair) properties.set(unescape(pair[1] ?? ''), unescape(pair[2] ?? ''))
  }
  return properties
}

const CONTROL: Partial<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

const unescape = (text: string): string =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/g, (_, unicode: string | undefined, character: string) =>
    unicode === undefined ? (CONTROL[character] ?? character) : String.fromCharCode(parseInt(unicode, 16)),
  )
