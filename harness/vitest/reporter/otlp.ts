import { harmless } from '../../../reports/parts/escape.js'
import { packageVersion } from '../../host/package-root.js'
import type { Answer } from '../../model/answer.js'

/** What the plugin's option `otlp` asks for; whether it can be is known before any test runs. */
export async function openOtlp(asked: string): Promise<(answers: readonly Answer[]) => Promise<void>> {
  const { loadOpenTelemetry, otlpTarget, sendOtlp } = await import('../../../reports/otlp/otlp.js')
  const target = otlpTarget(asked, 'otlp')
  await loadOpenTelemetry()
  return async (answers) => {
    try {
      await sendOtlp(answers, target, { version: packageVersion() })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      process.stderr.write(
        `${harmless(`crac-preflight: otlp was not written to ${target.shown}: ${reason}`)}\n`,
      )
    }
  }
}
