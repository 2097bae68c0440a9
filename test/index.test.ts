import { expect, test } from 'vitest'
import * as surface from '../harness/index.js'

test('what users can import is what is listed here', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'AppError',
    'AttachError',
    'CheckpointBlockedError',
    'EngineError',
    'ExpectationError',
    'HostError',
    'LEDGER_SCHEMA_ID',
    'NoVerdictError',
    'PreflightError',
    'SCHEMA_ID',
    'TracerError',
    'UsageError',
    'answerOf',
    'boot',
    'cracPreflight',
    'explain',
    'ledgerSchema',
    'preflight',
    'reportSchema',
    'scenario',
    'test',
    'toAnnotations',
    'toCodeQuality',
    'toHtml',
    'toJson',
    'toJunit',
    'toSarif',
    'toTerminal',
    'trace',
  ])
})

test('each entry has what its readers need, and the root has it, too', async () => {
  const forTests = await import('../harness/vitest/index.js')
  const forConfigs = await import('../harness/vitest/config.js')
  expect(Object.keys(forTests).sort()).toEqual(['boot', 'scenario', 'scenarios', 'test'])
  expect(Object.keys(forConfigs).sort()).toEqual(['bootShared', 'cracPreflight'])
  const root: Record<string, unknown> = surface
  expect(root.scenario).toBe(forTests.scenario)
  expect(root.test).toBe(forTests.test)
  expect(surface.cracPreflight).toBe(forConfigs.cracPreflight)
})
