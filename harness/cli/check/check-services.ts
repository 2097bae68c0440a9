import { resolve } from 'node:path'
import { UsageError } from '../../model/errors.js'
import { count } from '../../model/text.js'
import { timed } from '../../host/diagnosis/profile.js'
import { checkAll } from '../../services/check-all.js'
import { findServicesFile, readServicesFile, type ServicesFile } from '../../services/read-file.js'
import { NO_FILES } from '../../services/schema.js'
import { selectNames } from '../../services/select.js'
import { toService } from '../../services/service.js'
import { interruption } from '../interruption.js'
import { camelCase, one, STANDARD_STREAM, type RawOptions } from '../options.js'
import { assertWritable } from '../output/outputs.js'
import { ManyProgress } from '../output/progress.js'
import { Accepted } from './accepted.js'
import { overridesOf } from './overrides.js'
import { assertOutputs, foldersOf, writeReports } from './write-reports.js'

/** `check` without a command: the apps of a file, or those of them that are named. */
export async function checkServices(names: readonly string[], given: RawOptions): Promise<number> {
  const file = readServicesFile(pathOf(given, names))
  const chosen = selectNames(file, names)
  const options = withOutputs(given, file)
  const signal = interruption()
  const overrides = overridesOf(given)
  const services = chosen.map((name) => toService(file, name, { overrides, signal }))
  const toReceiver = await assertOutputs(options)
  const { strict, baseline } = file.entry
  const accepted = await Accepted.of(given, {
    ...(strict !== undefined && { strict }),
    ...(baseline !== undefined && { baseline: resolve(file.folder, baseline) }),
  })
  const logs = await logsOf(options, chosen)
  const progress = new ManyProgress(process.stderr, { quiet: options.quiet === true })
  progress.say(`${file.path}: ${count(chosen.length, 'app')}`)
  const reports = await checkAll(services, {
    jobs: jobsOf(given, file),
    keepLog: (name) => logs.get(name),
    onPhase: (name, phase) => {
      progress.phase(name, phase)
    },
    onTracer: (name, choice) => {
      progress.say(`${name}: tracer ${choice}`)
    },
  })
  const byName = new Map(services.map((service) => [service.name, service]))
  const known = await accepted.judge(reports, (app) => {
    const { expect = 'checkpointable', tolerate = [] } = byName.get(app) ?? {}
    return { expect, tolerate }
  })
  return await timed('outputs written', writeReports(options, known, { many: true, toReceiver }))
}

function pathOf(options: RawOptions, [first]: readonly string[]): string {
  const path = one(options, 'file') ?? findServicesFile()
  if (path !== null) return path
  if (first?.endsWith('.jar') === true)
    throw new UsageError(
      `Give the app's whole command, as it is started: crac-preflight check -- java -jar ${first}`,
    )
  const none =
    first === undefined
      ? 'There is no app to run'
      : `There is no crac-preflight.yaml here that has an app "${first}"`
  throw new UsageError(
    `${none}. Give its command after "--", like: -- java -jar app.jar, name an image with --image, or write a crac-preflight.yaml: crac-preflight init does.`,
  )
}

/** The outputs that the file asks for, as options; what the command line says wins. */
function withOutputs(given: RawOptions, { entry, folder }: ServicesFile): RawOptions {
  const options = { ...given }
  for (const [option, target] of Object.entries(entry.outputs ?? {})) {
    const isFile = !NO_FILES.includes(option) && target !== STANDARD_STREAM
    if (target !== undefined) options[camelCase(option)] ??= [isFile ? resolve(folder, target) : target]
  }
  return options
}

function jobsOf(options: RawOptions, { entry }: ServicesFile): number {
  const given = one(options, 'jobs')
  if (given === undefined) return entry.jobs ?? 1
  const jobs = Number(given)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new UsageError(`--jobs can't be "${given}". Give how many apps are checked at a time, 1 to 64.`)
  return jobs
}

/** Where each app's log is kept; nowhere without a report folder. */
async function logsOf(options: RawOptions, names: readonly string[]): Promise<Map<string, string>> {
  const folder = one(options, 'reportFolder')
  if (folder === undefined) return new Map()
  const folders = foldersOf(
    folder,
    names.map((scenario) => ({ scenario })),
    true,
  )
  const logs = new Map(names.map((name, index) => [name, resolve(folders[index] ?? folder, 'app.log')]))
  for (const log of logs.values()) await assertWritable('report-folder', log)
  return logs
}
