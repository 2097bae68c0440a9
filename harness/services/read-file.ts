import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import { UsageError } from '../model/errors.js'
import { complaintsOf, type Complaint } from './complaints.js'
import { interpolated } from './interpolate.js'
import { servicesSchema, type FileEntry } from './schema.js'

/** The names that are looked for, here and in each folder above. */
export const FILE_NAMES = ['crac-preflight.yaml', 'crac-preflight.yml'] as const

/** A file that was read and is as it must be. Its relative paths count from `folder`. */
export interface ServicesFile {
  path: string
  folder: string
  entry: FileEntry
}

/** The nearest file from a folder upwards; null where there is none. */
export function findServicesFile(from = process.cwd()): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = FILE_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
    if (folder === dirname(folder)) return null
  }
}

/** Reads a file, fills in its variables, and refuses what is wrong in it, each with its line. */
export function readServicesFile(path: string, environment: NodeJS.ProcessEnv = process.env): ServicesFile {
  const text = contentOf(path)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const place = (offset: number) => lines.linePos(offset)
  const [broken] = document.errors
  if (broken !== undefined) throw refusal(path, text, [{ ...place(broken.pos[0]), text: broken.message }])
  const unset: Complaint[] = []
  const value = interpolated(withoutExtensions(document.toJS()), environment, (complaint) =>
    unset.push(complaint),
  )
  const read = servicesSchema.safeParse(value)
  const complaints = unset.length > 0 ? unset : read.success ? [] : complaintsOf(read.error.issues, value)
  if (!read.success || complaints.length > 0)
    throw refusal(
      path,
      text,
      complaints
        .map((complaint) => ({
          ...place(offsetOf(document, complaint)),
          text: `${where(complaint)}${complaint.text}`,
        }))
        .sort((a, b) => a.line - b.line || a.col - b.col),
    )
  return { path, folder: dirname(resolve(path)), entry: read.data }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `${path} can't be read: ${(error as Error).message}. Name a file with apps to check.`,
      {
        cause: error,
      },
    )
  }
}

/** As in a compose file: what begins with `x-` is for anchors, and nobody else's. */
function withoutExtensions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')))
}

const where = ({ path }: Complaint): string => (path.length === 0 ? '' : `${path.map(String).join('.')}: `)

/** Where the value stands, or its key, or what is nearest above it: a merged value has no place of its own. */
function offsetOf(document: Document, { path, key }: Complaint): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const pair = isMap(parent)
      ? parent.items.find(
          (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path[length - 1]),
        )
      : undefined
    const node = document.getIn(path.slice(0, length), true)
    const wanted = pair !== undefined && (key || !isNode(node)) ? pair.key : node
    if (isNode(wanted) && wanted.range) return wanted.range[0]
    if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

/** One line for each, and the first with its lines of the file. */
function refusal(
  path: string,
  text: string,
  wrong: { line: number; col: number; text: string }[],
): UsageError {
  const said = wrong.map(({ line, col, text }) => `${path}:${line}:${col}: ${text}`)
  const [first] = wrong
  return new UsageError([...said, '', ...(first ? frame(text, first) : [])].join('\n').trimEnd())
}

function frame(text: string, { line, col }: { line: number; col: number }): string[] {
  const lines = text.split('\n')
  const from = Math.max(line - 2, 1)
  const gutter = String(line).length
  return [
    ...lines.slice(from - 1, line).map((each, i) => `  ${String(from + i).padStart(gutter)} | ${each}`),
    `  ${' '.repeat(gutter)} | ${' '.repeat(Math.max(col - 1, 0))}^`,
  ]
}

/** The name that a person knows the file by. */
export const nameOfFile = ({ path }: ServicesFile): string => basename(path)
