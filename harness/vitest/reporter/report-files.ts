/** Writes what the plugin was asked for, and removes what an earlier run has written. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { toCodeQuality } from '../../../reports/code-quality.js'
import { toHtml } from '../../../reports/html/html.js'
import { toJson } from '../../../reports/json.js'
import { toJunit } from '../../../reports/junit/junit.js'
import { toSarif } from '../../../reports/sarif.js'
import { packageVersion } from '../../host/package-root.js'
import { answerOf, type Answer } from '../../model/answer.js'
import { SCHEMA_ID, type Report } from '../../model/report.js'
import type { CheckRecord } from '../check-records.js'
import type { PluginOptions } from './options.js'
import { nameFiles } from '../../../reports/parts/file-names.js'
import type { Found } from './records.js'

/** What of the options names a file or a folder. */
export const fileOptions = ['junit', 'html', 'sarif', 'codeQuality', 'json'] as const
type Files = Pick<PluginOptions, (typeof fileOptions)[number]>

/** What an earlier run has found must not pass for what this one did. */
export async function removeOld(files: Files, folder: string): Promise<void> {
  const { json } = files
  for (const option of fileOptions.filter((option) => option !== 'json'))
    if (files[option]) await rm(resolve(folder, files[option]), { force: true })
  if (files.junit) await rm(attachmentFolder(resolve(folder, files.junit)), { recursive: true, force: true })
  if (json) for (const path of await reportsIn(resolve(folder, json))) await rm(path, { force: true })
}

/** A folder may hold other files than ours. */
async function reportsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name))
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  return paths.filter((_, i) => texts[i]?.slice(0, 200).includes(`"schema": "${SCHEMA_ID}"`))
}

/** Writes each report that was asked for; gives the answers, to be told elsewhere. */
export async function writeReports(files: Files, folder: string, found: readonly Found[]): Promise<Answer[]> {
  const reports = found.map((each) => ({ ...each, report: withExpectation(each.record) }))
  const named = nameFiles(reports)
  const answers = new Map([...named.values()].map((each) => [each, answerOf(each.report)]))
  const all = [...answers.values()]
  const at = (file: string) => resolve(folder, file)
  if (files.junit) await writeJunit(at(files.junit), { named, answers, folder })
  if (files.html) await write(at(files.html), toHtml(all))
  if (files.sarif) await write(at(files.sarif), toSarif(all, { sources: folder, version: packageVersion() }))
  if (files.codeQuality) await write(at(files.codeQuality), toCodeQuality(all, { sources: folder }))
  if (files.json)
    for (const [name, { report }] of named)
      await write(resolve(folder, files.json, `${name}.json`), toJson(report))
  return all
}

/** What a test expects is known beforehand: every output tells it from what is new. */
function withExpectation({ report, expectation }: CheckRecord): Report {
  if (expectation === null || report.verdict === 'failed') return report
  const { blockers, unmet } = expectation
  return { ...report, known: report.known ?? { accepted: blockers, gone: [], unmet, strict: false } }
}

type Reported = Found & { report: Report }

interface JunitInput {
  named: ReadonlyMap<string, Reported>
  answers: ReadonlyMap<Reported, Answer>
  folder: string
}

async function writeJunit(xmlFile: string, { named, answers, folder }: JunitInput): Promise<void> {
  const attachments = new Map<Answer, string[]>()
  const startedAt = new Map<Answer, Date>()
  for (const [name, reported] of named) {
    const { record, report } = reported
    const answer = answers.get(reported) ?? answerOf(report)
    const texts = {
      [`${name}.app.log`]: record.appOutput,
      [`${name}.checkpoint.txt`]: report.engine.output,
    }
    const paths = Object.keys(texts).map((file) => join(attachmentFolder(xmlFile), file))
    for (const path of paths) await write(path, texts[basename(path)] ?? '')
    attachments.set(answer, paths)
    if (reported.startedAt) startedAt.set(answer, reported.startedAt)
  }
  await write(xmlFile, toJunit([...answers.values()], { xmlFile, attachments, startedAt, sources: folder }))
}

const attachmentFolder = (xmlFile: string): string =>
  join(dirname(xmlFile), `${basename(xmlFile, extname(xmlFile))}-files`)

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
