import { resolve } from 'node:path'
import { UsageError } from '../model/errors.js'
import { findServicesFile, readServicesFile } from '../services/read-file.js'
import { toService } from '../services/service.js'
import { scenario } from './scenario.js'

/**
 * One scenario for each app of a `crac-preflight.yaml`: the file that `crac-preflight check` reads. Outputs, jobs and
 * baseline are the plugin's and vitest's own matter.
 */
export function scenarios(path: string | null = findServicesFile()): void {
  if (path === null)
    throw new UsageError('There is no crac-preflight.yaml here or above. Name the file: scenarios("FILE").')
  const file = readServicesFile(resolve(path))
  for (const name of Object.keys(file.entry.apps)) {
    const { spec, options, expect, tolerate } = toService(file, name)
    const { ready, timeoutMs, ...app } = spec
    scenario(name, {
      ...options,
      app,
      expect,
      accept: tolerate,
      ...(ready !== undefined && { ready }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    })
  }
}
