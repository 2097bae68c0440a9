/** What `crac-preflight.yaml` may hold. Its keys are the options of the command line, lists in the plural. */
import { z } from 'zod'
import { parseReady } from '../app/ready-text.js'
import { cracVersions } from '../checkpoint/engine.js'
import { traceModes } from '../ledger/ledger.js'
import { warmUpSchema } from './warm-up-schema.js'
import { bytes, command, pairs, path, time } from './values.js'

/** Why a text is no condition; null where it is one. */
function refusalOf(text: string): string | null {
  try {
    parseReady(text, 'it')
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const readySchema = z
  .union(
    [
      z.string().superRefine((text, context) => {
        const refusal = refusalOf(text)
        if (refusal !== null) context.addIssue({ code: 'custom', message: refusal })
      }),
      z.strictObject({ log: z.string() }),
      z.strictObject({ http: z.string() }),
      z.strictObject({ port: z.int().min(1).max(65535) }),
      z.strictObject({ seconds: z.number().positive() }),
      z.strictObject({ framework: z.string() }),
    ],
    'give log, http, port, seconds or framework, or a text as in --ready',
  )
  .describe(
    'When the app counts as ready: { log: text or /REGEX/ }, { http: URL }, { port: N }, { seconds: N }, or the name of a framework, like spring. Guessed where nothing is said.',
  )

const ids = z.array(z.string().min(1))

const expectSchema = z
  .union(
    [z.literal('checkpointable'), z.strictObject({ 'blocked-by': ids })],
    'give checkpointable, or { blocked-by: [ID, …] }',
  )
  .describe('What the check must find; checkpointable where nothing is said.')

/** What can be said of any app. */
export const appSchema = z.strictObject({
  command: command.optional().describe('What starts it: a list of words, or one line. No shell reads it.'),
  image: z.string().min(1).optional().describe('A container image, instead of a command on this machine.'),
  kubernetes: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A pod, instead: ./FILE with its template, as seen from this file, or deployment/NAME of the cluster.',
    ),
  cwd: path.optional().describe("Its working folder; this file's own folder where nothing is said."),
  env: pairs.optional().describe('Added to its environment.'),
  'jdk-options': z.array(z.string()).optional().describe("JVM options, put before the app's own."),
  'main-class': z
    .string()
    .optional()
    .describe('Which JVM, where it starts several: a word of its command line.'),
  ready: readySchema.optional(),
  timeout: time.optional().describe('How long it may take to be ready; 60s.'),
  'warm-up': warmUpSchema.optional(),
  expect: expectSchema.optional(),
  accept: ids.optional().describe('Blockers that fail nobody: ids, their beginnings, or globs.'),
  restore: z
    .boolean()
    .optional()
    .describe('Make the checkpoint, end the app, restore it and ask it again; needs CRIU.'),
  'restore-once': z.boolean().optional().describe('Restore it once only, which is quicker; means restore.'),
  'restore-budget': time
    .optional()
    .describe('Fail where the restore takes longer, like 300ms; means restore.'),
  'checkpoint-timeout': time.optional().describe('How long the checkpoint may take; 60s.'),
  engine: z.enum(['auto', 'crac', 'rehearsal']).optional(),
  'crac-version': z
    .union([z.enum(cracVersions), z.literal([21, 25])], `give one of ${cracVersions.join(', ')}`)
    .optional()
    .describe('Whose rules a rehearsal follows; 25.'),
  trace: z.enum(traceModes).optional(),
  'boot-stacks': z.boolean().optional(),
  mask: z
    .array(z.string())
    .optional()
    .describe('Names whose values are masked, besides passwords and the like.'),
  'max-output': bytes.optional().describe("How much of the app's output is kept, the newest; 64m."),
  ports: z
    .array(z.int().min(1).max(65535))
    .optional()
    .describe('With image: ports to be reached on 127.0.0.1. With kubernetes: through the sidecar program.'),
  container: z
    .string()
    .optional()
    .describe('With kubernetes: which container of the template is the app; the first unless given.'),
  namespace: z.string().optional().describe('With kubernetes: where the pod runs.'),
  context: z.string().optional().describe('With kubernetes: which cluster of the kubeconfig.'),
  user: z.union([z.string(), z.int()]).optional().describe('With image: who runs the app.'),
  binds: z
    .array(z.string().regex(/^.+?:\/[^:]*(?::(?:ro|rw))?$/, 'give ./FOLDER:/FOLDER[:ro]'))
    .optional()
    .describe('With image: ./FOLDER:/FOLDER[:ro], as seen from this file.'),
  tmpfs: z.array(z.string()).optional().describe('With image: /FOLDER[:options], a folder in memory.'),
  network: z.string().optional().describe('With image: the network to join.'),
  labels: pairs.optional(),
  memory: bytes.optional().describe('With image: how much the container may use, like 512m.'),
  'read-only': z.boolean().optional().describe('With image: a read-only root file system.'),
  init: z.boolean().optional().describe('With image: an init process as pid 1.'),
  pull: z.enum(['missing', 'always']).optional(),
})

/** Every output that a file may ask for, by the option of the command line that does the same. */
export const outputsSchema = z.strictObject({
  json: path.optional().describe('All reports as JSON.'),
  junit: path.optional().describe('JUnit XML.'),
  html: path.optional().describe('A page that needs nothing else.'),
  sarif: path.optional().describe('SARIF 2.1.0, for code scanning.'),
  'code-quality': path.optional().describe("GitLab's code quality report."),
  annotations: z
    .enum(['github', 'gitlab', 'auto'])
    .optional()
    .describe('Also print what CI shows in its own way.'),
  otlp: path
    .optional()
    .describe('Also send all to this OTLP receiver; env: to that of OTEL_EXPORTER_OTLP_*.'),
  'report-folder': path
    .optional()
    .describe('A folder with a folder for each app: report, XML, log, the text of the JVM.'),
})

/** Outputs that go elsewhere than into a file. */
export const NO_FILES: readonly string[] = ['annotations', 'otlp']

const POD_ONLY = ['container', 'namespace', 'context'] as const

const CONTAINER_ONLY = [
  'user',
  'binds',
  'tmpfs',
  'network',
  'labels',
  'memory',
  'read-only',
  'init',
  'pull',
] as const

export const servicesSchema = z
  .strictObject({
    apps: z.record(z.string().min(1), appSchema).describe('The apps to check, by their names.'),
    defaults: appSchema.optional().describe('What holds for every app that says nothing else.'),
    baseline: path.optional().describe('The file with the blockers that the team has accepted.'),
    strict: z.boolean().optional().describe('Accepted blockers that are gone fail, too.'),
    jobs: z.int().min(1).max(64).optional().describe('How many apps are checked at a time; 1.'),
    outputs: outputsSchema.optional(),
  })
  .superRefine(({ apps, defaults = {} }, context) => {
    for (const [name, app] of Object.entries(apps)) {
      const { command, image, kubernetes } = { ...defaults, ...app }
      const complain = (message: string, ...key: string[]): void =>
        context.addIssue({ code: 'custom', path: ['apps', name, ...key], message })
      if (command === undefined && image === undefined && kubernetes === undefined)
        complain('give it a command, an image, or a pod template as kubernetes')
      if (image !== undefined && kubernetes !== undefined)
        complain('image and kubernetes name two apps: leave one of them out')
      const alien = (keys: readonly (keyof AppEntry)[], wanted: string): void => {
        const key = keys.find((each) => app[each] !== undefined)
        if (key !== undefined) complain(`${key} is for an app with ${wanted}`, key)
      }
      if (image === undefined) alien(CONTAINER_ONLY, 'an image')
      if (kubernetes === undefined) alien(POD_ONLY, 'kubernetes')
      if (image === undefined && kubernetes === undefined) alien(['ports'], 'an image or kubernetes')
    }
  })

/** As in a compose file, what begins with `x-` is for anchors. */
export const publishedSchema = servicesSchema.meta({ patternProperties: { '^x-': {} } })

export type AppEntry = z.infer<typeof appSchema>
export type FileEntry = z.infer<typeof servicesSchema>
