import type { Answer } from '../../model/answer.js'
import { packageVersion } from '../../host/package-root.js'
import { one, type RawOptions } from '../options.js'
import type { Output } from './outputs.js'

/**
 * What sends answers by OTLP, where that is asked for. Whether it can be is known before the app is booted: the address
 * is one, and the packages are there.
 */
export async function otlpOutput(options: RawOptions): Promise<(answers: readonly Answer[]) => Output[]> {
  const asked = one(options, 'otlp')
  if (asked === undefined) return () => []
  const { loadOpenTelemetry, otlpTarget, sendOtlp } = await import('../../../reports/otlp/otlp.js')
  const target = otlpTarget(asked, '--otlp')
  await loadOpenTelemetry()
  const version = packageVersion()
  return (answers) => [
    {
      option: '--otlp',
      target: target.shown,
      write: () => sendOtlp(answers, target, { version }),
      aside: true,
    },
  ]
}
