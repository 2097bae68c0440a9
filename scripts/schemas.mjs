/** Writes the JSON Schemas of the reports, the ledger and the file of services, which the package carries: `node scripts/schemas.mjs`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ledgerSchema } from '../dist/harness/model/ledger.js'
import { reportSchema } from '../dist/harness/model/report.js'
import { publishedSchema } from '../dist/harness/services/schema.js'
import { reportsSchema } from '../dist/reports/json.js'

const folder = join(import.meta.dirname, '..', 'schemas')
for (const [name, schema] of Object.entries({
  report: reportSchema,
  reports: reportsSchema,
  ledger: ledgerSchema,
  services: publishedSchema,
}))
  writeFileSync(
    join(folder, `${name}.schema.json`),
    `${JSON.stringify(z.toJSONSchema(schema, name === 'services' ? { io: 'input' } : {}), null, 2)}\n`,
  )
