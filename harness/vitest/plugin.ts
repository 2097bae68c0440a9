import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type {} from 'vitest/config'
import type { Reporter, TestCase, TestModule, TestProject, Vite, Vitest } from 'vitest/node'
import { formatFor, toAnnotations, type annotationFormats } from '../../reports/annotations.js'
import { toHtml } from '../../reports/html/html.js'
import { toJson } from '../../reports/json.js'
import { toJunit, type JunitExpectation } from '../../reports/junit/junit.js'
import type { CheckRecord } from './check-records.js'
import { nameFiles } from './report-file-names.js'
import { answerOf, type Answer } from '../model/answer.js'
import { NoVerdictError } from '../model/errors.js'
import { failedReport } from '../run/to-report.js'

/** Where the plugin writes its outputs; each only where it is named. */
export interface PluginOptions {
  /** JUnit XML; the app's log and the JVM's text are put into a folder beside it and attached. */
  junit?: string
  html?: string
  /** A folder for one JSON report per scenario. */
  json?: string
  /** Also prints what the log of a CI shows in its own way; `auto` knows GitHub and GitLab by their environment. */
  annotations?: (typeof annotationFormats)[number]
  /** How much of what an app prints is kept on disk where its scenario doesn't say; see `AppSettings.maxOutputBytes`. */
  maxOutputBytes?: number
  /** Names whose values are masked, beside those that are known for secrets and those of a scenario; see `AppSettings.mask`. */
  mask?: readonly string[]
}

declare module 'vitest' {
  interface ProvidedContext {
    cracPreflightMaxOutputBytes: number
    cracPreflightMask: string[]
  }
}

/** The vitest plugin: gives tests the time that booting a JVM takes, and writes the reports when all have run. */
export function cracPreflight(options: PluginOptions = {}): Vite.Plugin {
  return {
    name: 'crac-preflight',
    config: (config) => ({
      test: {
        testTimeout: config.test?.testTimeout ?? 180_000,
        hookTimeout: config.test?.hookTimeout ?? 60_000,
        provide: {
          ...(options.maxOutputBytes !== undefined && {
            cracPreflightMaxOutputBytes: options.maxOutputBytes,
          }),
          ...(options.mask !== undefined && { cracPreflightMask: [...options.mask] }),
        },
      },
    }),
    configureVitest({ vitest, project }) {
      reporterOf(vitest, options).projects.add(project)
    },
  }
}

const reporters = new WeakMap<Vitest, Map<string, PreflightReporter>>()

/** Each project of a workspace has a plugin of its own; those that name the same files write them together. */
function reporterOf(vitest: Vitest, options: PluginOptions): PreflightReporter {
  const known = reporters.get(vitest) ?? new Map<string, PreflightReporter>()
  reporters.set(vitest, known)
  const key = JSON.stringify(options)
  const reporter = known.get(key) ?? new PreflightReporter(options, vitest.config.root)
  if (!known.has(key)) vitest.config.reporters.push(reporter)
  known.set(key, reporter)
  return reporter
}

class PreflightReporter implements Reporter {
  /** Whose tests it reports. */
  readonly projects = new Set<TestProject>()

  constructor(
    private readonly options: PluginOptions,
    /** Where what the options name is resolved from. */
    private readonly folder: string,
  ) {}

  /** What an earlier run has found must not pass for what this one did. */
  async onTestRunStart(): Promise<void> {
    const { junit, html } = this.options
    for (const file of [junit, html]) if (file) await rm(resolve(this.folder, file), { force: true })
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules
      .filter(({ project }) => this.projects.has(project))
      .flatMap((module) => [...module.children.allTests()])
    const records = tests.flatMap((test) => [...recordsOf(test), ...withoutCheck(test)])
    if (records.length === 0) return
    const named = nameFiles(records)
    const answers = new Map(records.map((record) => [record, answerOf(record.report)]))
    if (this.options.junit) await this.writeJunit(resolve(this.folder, this.options.junit), named, answers)
    if (this.options.html) await write(resolve(this.folder, this.options.html), toHtml([...answers.values()]))
    if (this.options.json)
      for (const [name, { report }] of named)
        await write(resolve(this.folder, this.options.json, `${name}.json`), toJson(report))
    const format = this.options.annotations === undefined ? null : formatFor(this.options.annotations)
    if (format !== null) process.stdout.write(toAnnotations(unexpected(answers), format))
  }

  private async writeJunit(
    xmlFile: string,
    named: Map<string, CheckRecord>,
    answers: Map<CheckRecord, Answer>,
  ): Promise<void> {
    const folder = join(dirname(xmlFile), `${basename(xmlFile, extname(xmlFile))}-files`)
    const attachments = new Map<Answer, string[]>()
    const expectations = new Map<Answer, JunitExpectation>()
    for (const [name, record] of named) {
      const { report, expectation, appOutput } = record
      const answer = answers.get(record) ?? answerOf(report)
      const files = { [`${name}.app.log`]: appOutput, [`${name}.checkpoint.txt`]: report.engine.output }
      for (const [file, text] of Object.entries(files)) await write(join(folder, file), text)
      attachments.set(
        answer,
        Object.keys(files).map((file) => join(folder, file)),
      )
      if (expectation) expectations.set(answer, expectation)
    }
    await write(xmlFile, toJunit([...answers.values()], { xmlFile, attachments, expectations }))
  }
}

/** What was expected to block is no error to anybody who reads the log. */
function unexpected(answers: Map<CheckRecord, Answer>): Answer[] {
  return [...answers].flatMap(([{ expectation }, answer]) => {
    const blockers = answer.blockers.filter(({ id }) => !expectation?.blockers.includes(id))
    return blockers.length === 0 && answer.blockers.length > 0 ? [] : [{ ...answer, blockers }]
  })
}

/** An attempt that was made again does not count, or a test that passes at last would be reported as failed. */
function recordsOf(test: TestCase): CheckRecord[] {
  const records = test.meta().cracPreflight ?? []
  const last = new Map(records.map(({ run }) => [run.repetition, run.attempt]))
  const end = test.diagnostic()
  if (end) last.set(end.repeatCount, end.retryCount)
  return records.filter(({ run }) => last.get(run.repetition) === run.attempt)
}

/** A test that failed before its check: its app never became ready, or its time was over. */
function withoutCheck(test: TestCase): CheckRecord[] {
  const { state, errors = [] } = test.result()
  if (state !== 'failed' || test.meta().cracPreflight === undefined || recordsOf(test).length > 0) return []
  const why = errors.map(({ message }) => message).join('\n') || 'vitest does not say why'
  const error = new NoVerdictError('NO_CHECK', why)
  const totalMs = test.diagnostic()?.duration ?? 0
  const spec = { name: test.name, command: [] }
  const report = failedReport({ spec, app: undefined, held: undefined }, error, { warmUpMs: null, totalMs })
  return [{ report, expectation: null, appOutput: '', run: { repetition: 0, attempt: 0 } }]
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
