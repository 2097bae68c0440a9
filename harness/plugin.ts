import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type {} from 'vitest/config'
import type { Reporter, TestCase, TestModule, Vite } from 'vitest/node'
import { toHtml } from '../reports/html.js'
import { toJson } from '../reports/json.js'
import { toJunit } from '../reports/junit.js'
import type { CheckRecord } from './checks.js'

/** Where the plugin writes its outputs; each only where it is named. */
export interface PluginOptions {
  /** JUnit XML; the app's log and the JVM's text are put into a folder beside it and attached. */
  junit?: string
  html?: string
  /** A folder for one JSON report per scenario. */
  json?: string
}

/** The vitest plugin: gives tests the time that booting a JVM takes, and writes the reports when all have run. */
export function cracPreflight(options: PluginOptions = {}): Vite.Plugin {
  return {
    name: 'crac-preflight',
    config: (config) => ({
      test: {
        testTimeout: config.test?.testTimeout ?? 180_000,
        hookTimeout: config.test?.hookTimeout ?? 60_000,
      },
    }),
    configureVitest({ vitest }) {
      vitest.config.reporters.push(new PreflightReporter(options, vitest.config.root))
    },
  }
}

class PreflightReporter implements Reporter {
  constructor(
    private readonly options: PluginOptions,
    private readonly root: string,
  ) {}

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const records = modules.flatMap((module) => [...module.children.allTests()].flatMap(recordsOf))
    if (records.length === 0) return
    const reports = records.map(({ report }) => report)
    if (this.options.junit) await this.writeJunit(resolve(this.root, this.options.junit), records)
    if (this.options.html) await write(resolve(this.root, this.options.html), toHtml(reports))
    if (this.options.json)
      for (const report of reports)
        await write(
          resolve(this.root, this.options.json, `${fileName(report.scenario)}.json`),
          toJson(report),
        )
  }

  private async writeJunit(xmlFile: string, records: CheckRecord[]): Promise<void> {
    const folder = join(dirname(xmlFile), `${basename(xmlFile, extname(xmlFile))}-files`)
    const attachments: Record<string, string[]> = {}
    const expectations: NonNullable<Parameters<typeof toJunit>[1]>['expectations'] = {}
    for (const { report, expectation, appOutput } of records) {
      const files = {
        [`${fileName(report.scenario)}.app.log`]: appOutput,
        [`${fileName(report.scenario)}.checkpoint.txt`]: report.engine.output,
      }
      for (const [name, text] of Object.entries(files)) await write(join(folder, name), text)
      attachments[report.scenario] = Object.keys(files).map((name) => join(folder, name))
      if (expectation) expectations[report.scenario] = expectation
    }
    const reports = records.map(({ report }) => report)
    await write(xmlFile, toJunit(reports, { xmlFile, attachments, expectations }))
  }
}

const recordsOf = (test: TestCase): CheckRecord[] => test.meta().cracPreflight ?? []

/** A scenario's name as a file name: nothing in it may lead out of the folder. */
const fileName = (scenario: string): string => scenario.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_')

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
