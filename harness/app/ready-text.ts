import { UsageError } from '../model/errors.js'
import { frameworks } from './readiness/frameworks.js'
import type { Ready } from './ready.js'

/** What a timer can wait for, with a minute to spare. */
export const LONGEST_MS = 2 ** 31 - 1 - 60_000

/** `log=/REGEX/flags`, `http=URL`, `port=N`, `seconds=N`, or the name of a framework. */
export function parseReady(text: string, asked = '--ready'): Ready {
  if (frameworks.some(({ name }) => name === text)) return { framework: text }
  const [, kind, value = ''] = /^(\w+)=(.+)$/s.exec(text) ?? []
  const regex = /^\/(.*)\/([imsu]*)$/s.exec(value)
  const number = Number(value)
  try {
    if (kind === 'log')
      return { log: regex ? new RegExp(regex[1] ?? '', regex[2]) : new RegExp(escape(value)) }
    if (kind === 'http' && /^https?:$/.test(new URL(value).protocol)) return { http: value }
  } catch (error) {
    throw new UsageError(
      `${asked} can't be "${text}": ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    )
  }
  if (kind === 'port' && Number.isInteger(number) && number > 0 && number < 65536) return { port: number }
  if (kind === 'seconds' && number > 0 && number * 1000 <= LONGEST_MS) return { seconds: number }
  throw new UsageError(
    `${asked} can't be "${text}". Use log=/REGEX/, http=URL, port=1..65535, seconds=N or one of ${frameworks.map(({ name }) => name).join(', ')}.`,
  )
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
