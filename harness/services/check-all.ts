import { UsageError } from '../model/errors.js'
import type { Report } from '../model/report.js'
import { preflight, type Phase } from '../preflight.js'
import { failedReport } from '../run/to-report.js'
import type { Service } from './service.js'

export interface CheckAllOptions {
  /** How many are checked at a time. */
  jobs: number
  /** Where an app's log is kept. */
  keepLog: (name: string) => string | undefined
  onPhase: (name: string, phase: Phase | 'end') => void
  onTracer: (name: string, choice: string) => void
}

/** Checks apps, some at a time; the reports stand in the apps' order, whichever came first. */
export async function checkAll(services: readonly Service[], options: CheckAllOptions): Promise<Report[]> {
  const reports = new Array<Report>(services.length)
  const waiting = [...services.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, service] = next
      reports[index] = await checkOne(service, options)
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.jobs, services.length) }, work))
  return reports
}

async function checkOne(service: Service, options: CheckAllOptions): Promise<Report> {
  const { name } = service
  const keepLog = options.keepLog(name)
  return await preflight(service.spec, {
    ...service.options,
    onPhase: (phase) => {
      options.onPhase(name, phase)
    },
    onTracer: (choice) => {
      options.onTracer(name, choice)
    },
    ...(keepLog !== undefined && { keepLog }),
  })
    .catch((error: unknown) => refused(service, error))
    .finally(() => {
      options.onPhase(name, 'end')
    })
}

/** One app that can't be run as the file says must not keep the others from their checks. */
function refused({ spec }: Service, error: unknown): Report {
  if (!(error instanceof UsageError)) throw error
  return failedReport({ spec, app: undefined, held: undefined }, error, {
    warmUpMs: null,
    totalMs: 0,
    begin: null,
    steps: [],
  })
}
