import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../model/errors.js'
import type { WarmUpRequest } from './warm-up.js'

/** `GET URL 200,302 *50`: method, statuses and how often may be left out. */
const FIRST_LINE = /^(?:([A-Z]+) )?(\S+)(?: (\d{3}(?:,\d{3})*))?(?: \*([1-9]\d{0,5}))?$/
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/

/** What a warm-up asks for, as HTTP itself writes it: a line, headers, an empty line, a body. `@FILE` holds all of it. */
export function parseWarmUp(
  text: string,
  { asked = '--warm-up', folder = '.' }: { asked?: string; folder?: string } = {},
): WarmUpRequest {
  const request = text.startsWith('@') ? contentOf(resolve(folder, text.slice(1)), asked) : text
  const [head = '', ...body] = request.split(/\r?\n\r?\n/)
  const [first = '', ...lines] = head.split(/\r?\n/)
  const [, method, where = '', statuses, times] = FIRST_LINE.exec(first.trim()) ?? []
  // `localhost:8080` would be a URL, too, of the scheme "localhost".
  if (!where.startsWith('/') && !(/^https?:\/\//i.test(where) && URL.canParse(where)))
    throw new UsageError(
      `${asked} can't be "${first}". Give a method and a URL, like 'GET http://localhost:8080/', and if need be the expected statuses and how often: 'GET http://localhost:8080/ 200,302 *50'.`,
    )
  return {
    ...withoutCredentials(where),
    ...(method !== undefined && { method }),
    headers: Object.fromEntries(lines.filter((line) => line !== '').map((line) => parseHeader(line, asked))),
    ...(body.length > 0 && { body: body.join('\n\n') }),
    ...(statuses !== undefined && { expect: statuses.split(',').map(Number) }),
    ...(times !== undefined && { repeat: Number(times) }),
  }
}

function contentOf(file: string, asked: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `${asked} can't be "@${file}": ${(error as Error).message}. Name a file that holds a request.`,
      { cause: error },
    )
  }
}

function parseHeader(line: string, asked: string): [string, string] {
  const [, name, rest] = HEADER.exec(line) ?? []
  const value = rest?.trimStart()
  if (name === undefined || value === undefined)
    throw new UsageError(
      `${asked} can't have the header line "${line}". Give NAME: VALUE; an empty line stands before the body.`,
    )
  return [name, value.trim()]
}

/** `fetch` refuses them in a URL, and messages name the URL. */
function withoutCredentials(where: string): Pick<WarmUpRequest, 'url' | 'credentials'> {
  if (where.startsWith('/')) return { url: where }
  const url = new URL(where)
  if (url.username === '' && url.password === '') return { url: where }
  const credentials = {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
  url.username = url.password = ''
  return { url: url.href, credentials }
}
