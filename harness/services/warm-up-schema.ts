import { z } from 'zod'
import { command } from './values.js'

const request = z.strictObject({
  url: z.string().min(1).describe('A path like /orders, or a whole URL.'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'give it in capitals')
    .optional()
    .describe('GET, with a body POST.'),
  headers: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  body: z.string().optional().describe('Sent as it stands.'),
  json: z.json().optional().describe('Sent as JSON, with its content type.'),
  user: z.string().optional().describe('For HTTP Basic, with password.'),
  password: z.string().optional(),
  expect: z
    .union([z.int(), z.array(z.int()).min(1)])
    .optional()
    .describe('The status that is right, or several; any from 200 to 299 where nothing is said.'),
  repeat: z.int().min(1).max(1_000_000).optional().describe('How often, one after the other.'),
})

const run = z.strictObject({
  run: command.describe(
    'A command: one line for a shell, or a list of words. It gets CRAC_PREFLIGHT_URL, CRAC_PREFLIGHT_PID and CRAC_PREFLIGHT_APP.',
  ),
  repeat: z.int().min(1).max(1_000_000).optional(),
})

const step = z.union(
  [z.string().min(1), request, run],
  "give a line like 'GET /orders 200 *50', a mapping with url, or a mapping with run",
)

export const warmUpSchema = z
  .union([step, z.array(step)], 'give a request or a list of them')
  .describe('What is done between ready and checkpoint, one after the other.')

export type Step = z.infer<typeof step>
