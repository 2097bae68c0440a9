import type { Finding } from '../../model/finding.js'

/** Why an engine failed, or its JVM did not even start, as far as a line names the reason; the first row that fits counts. */
const table = [
  ['unknown-crac-option', /^Unrecognized VM option '[+-]?CRaC(?:CheckpointTo|RestoreFrom)\b/],
  ['unknown-option', /^Unrecognized VM option '[+-]?CR/],
  ['unsupported-collector', /^-XX:\+Use\w+GC is currently unsupported for -XX:CRaC/],
  ['unsupported-option', /^-XX:\S+ is currently unsupported for -XX:CRaC/],
  ['file-lock', /file locks? (?:are|is) h[eo]ld|--file-locks/],
  ['connected-socket', /Connected TCP socket|--tcp-established/],
  ['external-socket', /External socket is used|--ext-unix-sk/],
  ['pid-taken', /Can't fork for \d+: File exists|Pid \d+ do not match expected/],
  [
    'no-privilege',
    /Can't fork for \d+: (?:Read-only file system|Operation not permitted)|criu: (?:Operation not permitted|Permission denied)/,
  ],
  [
    'other-engine',
    /\bengine\b.{0,80}\bmismatch|mismatch for tag (?:\w+\.)?engine\b|\b(?:an)?other engine\b/i,
  ],
  ['other-machine', /(?:Label|Type) mismatch for tag |Bitmap mismatch for tag (?!cpu\.features)/],
  // Of the image itself it says so without `error:`, or names a file of it.
  [
    'mapped-file',
    /^warp: error: [Cc]annot open (?!\S+\.img: ).+: No such file|Cannot find build-id\b|files mapped into memory/,
  ],
  ['image-file-missing', /[Cc]annot open .+: No such file or directory$|[Cc]annot open \S+\/tags in mode r/],
  ['cpu-misses-features', /missing features of this CPU are /],
  ['cpu-lacks-features', /incompatible (?:or missing )?CPU features|mismatch for tag cpu\.features/],
  ['option-not-at-restore', /is not restore-settable/],
  ['restore-folder', /CRaCRestoreFrom=/],
  ['checkpoint-folder', /CRaCCheckpointTo|cannot (?:create|cleanup after check)|: not a directory$/],
  ['engine-not-in-jdk', /^Could not find .*: No such file/],
  [
    'no-criu',
    /CRIU executable does not exist|Cannot find CRIU executable|cannot find CRIU to use|CRIU at .* is not executable/,
  ],
  ['netlink-blocked', /netlink system calls/],
  ['liberty', /^CWWK/],
  ['kernel-too-old', /Function not implemented|kerndat|kernel features/],
  [
    'no-crac',
    /CRaC checkpoint not supported on current JVM|Unknown diagnostic command|^UnsupportedOperationException$/,
  ],
] as const satisfies [string, RegExp][]

export type EngineReason = (typeof table)[number][0]

/** The reason that findings about one failure name together; null where none does. */
export const engineReasonOf = (findings: readonly Finding[]): EngineReason | null =>
  table.find(([, pattern]) => findings.some((finding) => pattern.test(said(finding))))?.[0] ?? null

/** What a JVM without CRaC answers, to the API and to jcmd. */
export const isWithoutCrac = (finding: Finding): boolean =>
  table.some(([reason, pattern]) => reason === 'no-crac' && pattern.test(said(finding)))

/** A finding as the text says it. */
export function said({ type, message }: Finding): string {
  return type === null || message === '' ? (type ?? message) : `${type}: ${message}`
}
