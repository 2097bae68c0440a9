import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import {
  Document,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml'
import { newBlockers } from '../model/answer.js'
import { UsageError } from '../model/errors.js'
import type { Blocker, Report } from '../model/report.js'
import { oneLine } from '../model/text.js'

/** Below this name stands what any app may have. */
const ANY = '*'

const HEAD = ` Blockers that are known and accepted, by app: ids, their beginnings up to a dot, or globs. Only others fail.
 Rewritten by: crac-preflight check --baseline FILE --update-baseline`

/** The file with the blockers that a team has accepted. Its comments are the team's, and stay. */
export class BaselineFile {
  private constructor(
    readonly path: string,
    private readonly document: Document,
  ) {}

  /** With `create` there may be none yet. */
  static read(path: string, { create = false } = {}): BaselineFile {
    if (create && !existsSync(path)) {
      const document = new Document({})
      document.commentBefore = HEAD
      return new BaselineFile(path, document)
    }
    const lines = new LineCounter()
    const document: Document = parseDocument(contentOf(path), { lineCounter: lines, prettyErrors: false })
    const wrong = firstWrong(document)
    if (wrong !== null) {
      const { line, col } = lines.linePos(wrong.offset)
      throw new UsageError(`${path}:${line}:${col}: ${wrong.text}`)
    }
    // A file that has nothing in it yet.
    document.contents ??= new YAMLMap()
    return new BaselineFile(path, document)
  }

  /** What an app is known for. */
  accepted(app: string): string[] {
    const list = this.document.get(app)
    return isSeq(list) ? list.items.map((item) => String(isScalar(item) ? item.value : item)) : []
  }

  /** What any app may have. */
  get tolerated(): string[] {
    return this.accepted(ANY)
  }

  /** Accepts what is new in reports and forgets what is gone; a check without a verdict changes nothing. */
  async update(reports: readonly Report[]): Promise<{ added: number; removed: number }> {
    let [added, removed] = [0, 0]
    for (const report of reports) {
      if (report.verdict === 'failed') continue
      const fresh = newBlockers(report)
      const gone = new Set(report.known?.gone)
      added += fresh.length
      removed += gone.size
      this.rewrite(report.scenario, fresh, gone)
    }
    await writeFile(this.path, this.text())
    return { added, removed }
  }

  /** An id is the app's: what can't be seen in one is written as an escape, which a reader of YAML takes back. */
  private text(): string {
    const ids: string[] = []
    visit(this.document, {
      Scalar: (_, item) => {
        if (typeof item.value !== 'string' || oneLine(item.value) === item.value) return
        item.type = Scalar.QUOTE_DOUBLE
        ids.push(item.value)
      },
    })
    const text = this.document.toString({ lineWidth: 0, doubleQuotedAsJSON: true })
    return ids
      .map((id) => JSON.stringify(id))
      .reduce((all, id) => all.replaceAll(id, () => escaped(id)), text)
  }

  private rewrite(app: string, fresh: readonly Blocker[], gone: Set<string>): void {
    const known = this.document.get(app)
    const list = isSeq(known) ? known : new YAMLSeq()
    list.items = list.items.filter((item) => !gone.has(String(isScalar(item) ? item.value : item)))
    for (const { id, summary } of fresh) {
      const item = new Scalar(id)
      item.comment = ` ${oneLine(summary)}`
      list.items.push(item)
    }
    if (list.items.length === 0) this.document.delete(app)
    else this.document.set(app, list)
  }
}

/** By halves of characters, as JSON has it: an escape of YAML's own for the whole one has another form. */
const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `There is no baseline ${path} that can be read: ${(error as Error).message}. Write one with --baseline ${path} --update-baseline.`,
      { cause: error },
    )
  }
}

function firstWrong(document: Document): { offset: number; text: string } | null {
  const [broken] = document.errors
  if (broken !== undefined) return { offset: broken.pos[0], text: broken.message }
  if (document.contents === null) return null
  const value: unknown = document.toJS()
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { offset: 0, text: 'give the names of apps, each with a list of ids' }
  for (const [app, ids] of Object.entries(value))
    if (ids !== null && !(Array.isArray(ids) && ids.every((id) => typeof id === 'string'))) {
      const node: unknown = document.get(app, true)
      return {
        offset: isNode(node) ? (node.range?.[0] ?? 0) : 0,
        text: `${app}: give a list of ids, like: [file:com.acme.Store.open]`,
      }
    }
  return null
}
