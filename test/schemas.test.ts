import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../harness/host/package-root.js'
import { ledgerSchema } from '../harness/model/ledger.js'
import { reportSchema } from '../harness/model/report.js'
import { publishedSchema } from '../harness/services/schema.js'
import { reportsSchema } from '../reports/json.js'

test.for([
  ['report', reportSchema],
  ['reports', reportsSchema],
  ['ledger', ledgerSchema],
  ['services', publishedSchema],
] as const)('the JSON Schema of the %s is current: node scripts/schemas.mjs', ([name, schema]) => {
  const written = readFileSync(join(packageRoot, 'schemas', `${name}.schema.json`), 'utf8')
  expect(JSON.parse(written)).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(schema, name === 'services' ? { io: 'input' } : {}))),
  )
})
