/** The kinds of values that a file holds, and what they mean. */
import { z } from 'zod'
import { LONGEST_MS } from '../app/ready-text.js'

const UNITS: Partial<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const SIZES: Partial<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** A time in milliseconds, NaN where it is none: `90` (seconds), `500ms`, `90s`, `2m`. */
export function milliseconds(value: string | number): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(String(value)) ?? []
  const ms = number === '' ? NaN : Number(number) * (UNITS[unit] ?? NaN)
  return ms > 0 && ms <= LONGEST_MS ? Math.ceil(ms) : NaN
}

/** A number of bytes, NaN where it is none: `4096`, `512k`, `64m`, `2g`. */
export function bytesOf(value: string | number): number {
  const [, number = '', unit = ''] = /^(\d+)([kmg]?)$/.exec(String(value)) ?? []
  return number === '' ? NaN : Number(number) * (SIZES[unit] ?? NaN)
}

const scalar = z.union([z.string(), z.number()])

export const time = scalar.refine(
  (value) => !Number.isNaN(milliseconds(value)),
  'give a time like 90s, 500ms or 2m',
)

export const bytes = scalar.refine(
  (value) => !Number.isNaN(bytesOf(value)),
  'give a number of bytes like 512k or 64m',
)

/** Relative ones count from the file. */
export const path = z.string().min(1)

/** As in a compose file: a mapping, or a list of `NAME=VALUE`. */
export const pairs = z.union(
  [
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    z.array(z.string().regex(/^[^=]+=/, 'give NAME=VALUE')),
  ],
  'give NAME: VALUE lines, or a list of NAME=VALUE',
)

export const pairsOf = (value: z.infer<typeof pairs> | undefined): Record<string, string> =>
  Array.isArray(value)
    ? Object.fromEntries(
        value.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
      )
    : Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]))

export const command = z
  .union([z.string().min(1), z.array(z.string()).min(1)], 'give a list of words, or one line')
  .refine((value) => Array.isArray(value) || wordsOf(value) !== null, 'a quote has no end')

/** The words of one line, as a compose file has them: split at spaces, kept together by quotes. Null: a quote has no end. */
export function wordsOf(line: string): string[] | null {
  const words: string[] = []
  const word = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/y
  for (;;) {
    const [whole, found] = word.exec(line) ?? []
    if (whole === undefined || found === undefined) break
    words.push(found.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, plain))
    if (word.lastIndex === line.length) return words
    if (line.slice(word.lastIndex).trim() === '') return words
  }
  return null
}

function plain(_: string, doubled?: string, single?: string, escaped?: string): string {
  return doubled?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? ''
}
