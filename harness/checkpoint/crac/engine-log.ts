import type { Finding } from '../../model/finding.js'
import { parseOutput } from '../output/output.js'

/** What CRIU calls its log of a dump in the folder of the image, on every CRaC JDK. */
export const ENGINE_LOG = 'dump4.log'

/** What an engine's own log says of a checkpoint that failed: the lines to show, and the reason as findings. */
export interface EngineReason {
  text: string
  findings: Finding[]
}

/** At level 4 the log has thousands of lines; these are the ones that say what was wrong. */
const telling = /^(?:\(\d+\.\d+\)\s*)?(?:pie: +)?(?:\d+: +)?(?:Error|Warn) +\(|^(?:\(\d+\.\d+\)\s*)?Version: /

/** Reads it; null where it says nothing. */
export function reasonOf(log: string): EngineReason | null {
  const { findings } = parseOutput(log)
  if (findings.length === 0) return null
  const lines = log.split('\n').filter((line) => telling.test(line))
  return { text: `${ENGINE_LOG}:\n${lines.join('\n')}\n`, findings }
}

/** The log's reason takes the place of the words by which the JVM only says that there is one. */
export const withReason = (findings: Finding[], reason: EngineReason | null): Finding[] =>
  reason === null
    ? findings
    : [...findings.filter(({ resource }) => resource !== 'native'), ...reason.findings]
