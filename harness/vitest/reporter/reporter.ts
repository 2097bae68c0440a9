import { relative, resolve } from 'node:path'
import type { Reporter, TestModule, TestProject, Vitest } from 'vitest/node'
import { formatFor, toAnnotations } from '../../../reports/annotations.js'
import { printable } from '../../../reports/parts/escape.js'
import type { Answer } from '../../model/answer.js'
import { count } from '../../model/text.js'
import { JarWatch } from './jar-watch.js'
import type { PluginOptions } from './options.js'
import { jarsIn, recordsIn, type Found } from './records.js'
import { openOtlp } from './otlp.js'
import { fileOptions, removeOld, writeReports } from './report-files.js'
import { SharedApps } from './shared-apps.js'

/** Writes the reports when all tests have run. */
export class PreflightReporter implements Reporter {
  /** Whose tests it reports. */
  readonly projects = new Set<TestProject>()
  readonly shared: SharedApps
  private readonly jars: JarWatch
  private send: ((answers: readonly Answer[]) => Promise<void>) | undefined

  constructor(
    private readonly options: PluginOptions,
    private readonly vitest: Vitest,
  ) {
    this.jars = new JarWatch(vitest)
    this.shared = new SharedApps(vitest, options)
  }

  /** Where what the options name is resolved from. */
  private get folder(): string {
    return this.vitest.config.root
  }

  async onTestRunStart(): Promise<void> {
    await removeOld(this.options, this.folder)
    if (this.options.otlp) this.send = await openOtlp(this.options.otlp)
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const own = modules.filter(({ project }) => this.projects.has(project))
    if (this.vitest.config.watch) this.jars.follow(jarsIn(own))
    const found = [...recordsIn(own), ...(await this.shared.check())]
    if (found.length === 0) return
    const told = await writeReports(this.options, this.folder, found)
    await this.send?.(told)
    const format = this.options.annotations === undefined ? null : formatFor(this.options.annotations)
    if (format !== null) process.stdout.write(toAnnotations(told, format))
    // Standard output may be a report of vitest's own, as JSON.
    process.stderr.write(`${printable(this.closingLine(found))}\n`)
  }

  /** Where the reports are, and which observers ran. */
  private closingLine(found: readonly Found[]): string {
    const reports = found.map(({ record }) => record.report)
    const observed = new Map<string, number>()
    for (const { evidence, jvm } of reports) {
      // An app that never ran was observed by nobody.
      const by = jvm.version === null && evidence.records === 0 ? 'no app ran' : evidence.tracer
      observed.set(by, (observed.get(by) ?? 0) + 1)
    }
    const note = reports.find(
      ({ evidence, verdict }) => verdict !== 'failed' && evidence.tracer === 'none' && evidence.note !== null,
    )
    const files = fileOptions.flatMap((option) => this.options[option] ?? [])
    const places = files.map((file) => relative(process.cwd(), resolve(this.folder, file)))
    return [
      `crac-preflight: ${count(reports.length, 'check')}`,
      `observers: ${[...observed].map(([by, times]) => `${by} (${times})`).join(', ')}${note ? `: ${note.evidence.note ?? ''}` : ''}`,
      places.length > 0 ? `reports: ${places.join(', ')}` : 'no report was asked for',
    ].join('; ')
  }
}
