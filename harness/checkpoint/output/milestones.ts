import { anyOf } from './lines/lines.js'

/** What a line says about the course of things, beyond exceptions and engine failures. */
export type Sign =
  | 'engine-called' // the JVM found nothing wrong; the engine's answer is still out
  | 'checkpoint-ok'
  | 'criu-dump-ok'
  | 'restore-ok'
  | 'criu-restore-ok'
  | 'killed' // how a process ends whose checkpoint worked, and many another
  | 'starting' // CRaC's own first log line
  | 'about-crac' // the text is about a run with CRaC
  | 'about-restore'
  | 'restart-failed' // Spring went on without ever having been restored
  | 'criu-log'
  | 'jcmd-ok'

const table: [RegExp, Sign][] = [
  [/^(?:CR: )?(?:Skip Checkpoint|Checkpoint \.\.\.)$/, 'engine-called'],
  [/^warp: Checkpoint successful!/, 'checkpoint-ok'],
  [/^Dumping finished successfully/, 'criu-dump-ok'],
  [/^Restore finished successfully/, 'criu-restore-ok'],
  [/^warp: Restore successful!/, 'restore-ok'],
  [/^STARTUPTIME \d+ restore/, 'restore-ok'],
  [/\brestored JVM running for -\d+ ms\b/, 'restart-failed'],
  [/\brestored JVM running for \d+ ms\b/, 'restore-ok'],
  [/^Restored \S+ in [\d.]+ seconds/, 'restore-ok'],
  [/\bCWWKC0452I: /, 'restore-ok'],
  [/^Starting checkpoint$/, 'starting'],
  [/^Version: \d\S* \(gitid /, 'criu-log'],
  [/^Command executed successfully$/, 'jcmd-ok'],
  [/^Killed$/, 'killed'],
  [/-XX:CRaCRestoreFrom=|\bcriu restore\b|\brestore4?\.log\b/, 'about-restore'],
  [/\bCWWKC0451I: |\bPerforming checkpoint --at=|-XX:CRaCCheckpointTo=|\bJDK\.checkpoint\b/, 'about-crac'],
  [/ is recorded as always available on restore|\bCRaC closing file descriptor \d+/, 'about-crac'],
]

const any = anyOf(table.map(([pattern]) => pattern))

/** A shell's job line, and how containers report the same end. */
const jobLine =
  /\b\d{1,10} Killed {2,}\S|^\s*\[\d{1,5}\](?: *[+-])? +(?:\d{1,10} )?[Kk]illed\b|\bzsh: killed\b|\bterminated by signal SIGKILL\b|\b(?:[Ee]xit(?:ed)?(?: with)?(?: code| status| value)?:?|Error) \(?137\b/

/** Recognises a line's sign; `whole` is the line with its prefixes, which a shell's job line looks like. */
export function parseSign(text: string, whole: string): Sign | null {
  if (any.test(text)) for (const [pattern, sign] of table) if (pattern.test(text)) return sign
  return /illed|SIGKILL|137/.test(whole) && jobLine.test(whole) ? 'killed' : null
}
