import type { TestProject } from 'vitest/node'
import { UsageError, atPlace, callSite } from '../model/errors.js'
import { boot } from '../preflight.js'
import type { RunningApp } from '../run/running-app.js'
import { reporterOf } from './plugin.js'
import type { SharedAppSpec } from './reporter/shared-apps.js'

export type { SharedAppSpec }

/**
 * Boots an app in vitest's global set-up: all tests use it, which is its warm-up, and when they have run it is asked for a
 * checkpoint, reported, and stopped.
 */
export async function bootShared(project: TestProject, spec: SharedAppSpec): Promise<RunningApp> {
  const place = callSite()
  const reporter = reporterOf(project)
  if (reporter === null)
    throw new UsageError(
      'bootShared() needs the plugin, which asks for the checkpoint. Add cracPreflight() to plugins in vitest.config.ts.',
    )
  const app = await atPlace(place, boot(spec, spec))
  project.vitest.onClose(() => app.stop())
  reporter.shared.add({ app, spec, place })
  return app
}
