import { AttachError } from '../model/errors.js'
import { jcmd, type AttachOptions } from './attach.js'

/** The JVM's system properties, by its own word. */
export async function systemProperties(pid: number, options?: AttachOptions): Promise<Map<string, string>> {
  const { code, output } = await jcmd(pid, 'VM.system_properties', options)
  if (code !== 0)
    throw new AttachError('ATTACH_REFUSED', `VM.system_properties was refused: ${output.trim()}`)
  return parseProperties(output)
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
