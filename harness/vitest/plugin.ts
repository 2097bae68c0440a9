import type {} from 'vitest/config'
import type { TestProject, Vite, Vitest } from 'vitest/node'
import type { AskedBaseline } from '../baseline/asked-baseline.js'
import { askedBaseline, type PluginOptions } from './reporter/options.js'
import { PreflightReporter } from './reporter/reporter.js'

export type { PluginOptions }

declare module 'vitest' {
  interface ProvidedContext {
    cracPreflightMaxOutputBytes: number
    cracPreflightMask: string[]
    cracPreflightBaseline: AskedBaseline
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
          ...(options.baseline !== undefined && {
            cracPreflightBaseline: askedBaseline(options.baseline, options, config.root),
          }),
        },
      },
    }),
    configureVitest({ vitest, project }) {
      reporterFor(vitest, options).projects.add(project)
    },
  }
}

const reporters = new WeakMap<Vitest, Map<string, PreflightReporter>>()

/** Each project of a workspace has a plugin of its own; those that name the same files write them together. */
function reporterFor(vitest: Vitest, options: PluginOptions): PreflightReporter {
  const known = reporters.get(vitest) ?? new Map<string, PreflightReporter>()
  reporters.set(vitest, known)
  const key = JSON.stringify(options)
  const reporter = known.get(key) ?? new PreflightReporter(options, vitest)
  if (!known.has(key)) vitest.config.reporters.push(reporter)
  known.set(key, reporter)
  return reporter
}

/** The one that reports a project; null where it has no plugin. */
export function reporterOf(project: TestProject): PreflightReporter | null {
  const known = [...(reporters.get(project.vitest)?.values() ?? [])]
  return known.find(({ projects }) => projects.has(project)) ?? null
}
