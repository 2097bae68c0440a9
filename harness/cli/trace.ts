import { renderLedger } from '../../reports/terminal-ledger.js'
import { nameSources } from '../blockers/classes.js'
import { UsageError } from '../errors.js'
import { systemProperties } from '../jvm/properties.js'
import { traceModes } from '../ledger/ledger.js'
import { classIndexOf } from '../make-report.js'
import { boot } from '../preflight.js'
import { interruption } from './interruption.js'
import { appSpec, one, oneOf, STANDARD_STREAM, type RawOptions } from './options.js'
import { assertWritable, terminalOf, write } from './outputs.js'
import { Progress } from './progress.js'

/** `trace`: the ledger only. Lists when the app is ready, after `--for`, or at Ctrl-C, whichever comes first. */
export async function trace(options: RawOptions): Promise<number> {
  const spec = await appSpec(options)
  const json = one(options, 'json')
  await assertWritable('json', json)
  const time = one(options, 'for')
  const interrupted = interruption()
  const app = await boot(
    { ...spec, ...(time !== undefined && { ready: { seconds: parseTime(time) / 1000 } }) },
    {
      trace: oneOf(options, 'trace', traceModes, 'auto'),
      bootStacks: options.bootStacks === true,
      readyAt: interrupted,
      onTracer: (choice) => {
        new Progress(process.stderr).say(`tracer      ${choice}`)
      },
    },
  )
  try {
    const reading = await app.ledger()
    const index = await classIndexOf(reading, await systemProperties(await app.jvm()), app.root)
    const descriptors = await nameSources(reading.entries, index)
    const { evidence } = reading
    if (json !== undefined)
      await write(
        json,
        `${JSON.stringify({ schema: 'crac-preflight/ledger@1', scenario: app.spec.name, descriptors, evidence }, null, 2)}\n`,
      )
    if (json !== STANDARD_STREAM)
      process.stdout.write(renderLedger(descriptors, { ...terminalOf(process.stdout), evidence }))
    return 0
  } finally {
    await app.stop()
  }
}

const UNITS: Partial<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

function parseTime(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? NaN)
  if (!(ms > 0)) throw new UsageError(`--for can't be "${text}". Give a time like 5s, 500ms or 2m.`)
  return ms
}
