/** Writes the JSON Schemas of the report and the ledger, which the package carries: `node scripts/schemas.mjs`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ledgerSchema } from '../dist/harness/model/ledger.js'
import { reportSchema } from '../dist/harness/model/report.js'

const folder = join(import.meta.dirname, '..', 'schemas')
for (const [name, schema] of Object.entries({ report: reportSchema, ledger: ledgerSchema }))
  writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`)
