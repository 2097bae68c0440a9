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
    'NoVerdictError',
    'PreflightError',
    'SCHEMA_ID',
    'TracerError',
    'UsageError',
    'boot',
    'cracPreflight',
    'preflight',
    'reportSchema',
    'scenario',
    'test',
  ])
})
