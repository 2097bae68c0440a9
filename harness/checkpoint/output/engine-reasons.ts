import type { Finding } from '../../model/finding.js'

/** Why an engine failed, or its JVM did not even start, as far as a line names the reason; the first row that fits counts. */
const table = [
  [
    'unknown-crac-option',
    /^(?:Unrecognized VM option '|.{0,80}option unrecognised: -XX:)[+-]?CRaC(?:CheckpointTo|RestoreFrom)\b/,
  ],
  ['unknown-option', /^(?:Unrecognized VM option '|.{0,80}option unrecognised: -XX:)[+-]?CR/],
  ['locked-option', /^(?:Error: )?VM option '\w+' is (?:diagnostic|experimental)\b/],
  ['wrong-option', /^(?:Improperly specified|(?:Missing|Unexpected) \+\/- setting (?:for|in)) VM option '/],
  ['unsupported-collector', /^-XX:\+Use\w+GC is currently unsupported for -XX:CRaC/],
  ['unsupported-option', /^-XX:\S+ is currently unsupported for -XX:CRaC/],
  ['file-lock', /file locks? (?:are|is) h[eo]ld|--file-locks/],
  ['connected-socket', /Connected TCP socket|--tcp-established/],
  [
    'external-socket',
    /External socket is used|--ext-unix-sk|half of stream unix connection|Unix socket .*unreachable peer/,
  ],
  ['deleted-file', /Can't dump ghost file|Can't create link remap|[Uu]se link-remap option/],
  ['terminal', /dangling tty|slave peer index|--shell-job/],
  ['undumpable', /Can't dump file \d+ of that type|Can't dump anon_inode|^fsnotify: /],
  ['unseen-mount', /Can't lookup mount=|unreachable sharing|have a proper root mount|Can't find mount\b/],
  ['file-changed', /\bFile .+ has bad (?:size|mode|build-?ID)|Can't open file .+ on restore: /i],
  ['port-taken', /Can't bind inet socket|bind.{0,80}Address already in use/],
  ['pid-taken', /Can't fork for \d+: File exists|Pid \d+ do not match expected/],
  [
    'no-privilege',
    /Can't fork for \d+: (?:Read-only file system|Operation not permitted)|criu: (?:Operation not permitted|Permission denied)|Insufficient permissions|[Nn]eeds? CAP_|(?:[Ss]eize|ptrace|reported by netlink|nft backend).{0,80}: (?:Operation not permitted|Permission denied)/,
  ],
  [
    'other-engine',
    /^Image format does not match; saved image with engine |\bengine\b.{0,80}\bmismatch|mismatch for tag (?:\w+\.)?engine\b|\b(?:an)?other engine\b/i,
  ],
  [
    'other-machine',
    /(?:Label|Type) mismatch for tag |Bitmap mismatch for tag (?!cpu\.features)|\bTag \S+ was not found|wrong or missing CPU architecture/,
  ],
  ['broken-tags', /Invalid format of tags file/],
  // Of the image itself it says so without `error:`, or names a file of it.
  [
    'mapped-file',
    /^warp: error: [Cc]annot open (?!\S+\.img: ).+: No such file|Cannot find build-id\b|files mapped into memory/,
  ],
  [
    'image-file-missing',
    /(?:[Cc]annot|Unable to|Can't) open .+: No such file\b|[Cc]annot open \S+\/tags in mode r/,
  ],
  ['cpu-misses-features', /missing features of this CPU are /],
  [
    'cpu-lacks-features',
    /incompatible (?:or missing )?CPU features|mismatch for tag cpu\.features|^cpu: .*(?:not supported|do not match)/,
  ],
  ['option-not-at-restore', /is not restore-settable/],
  ['restore-folder', /CRaCRestoreFrom=/],
  ['checkpoint-folder', /CRaCCheckpointTo|cannot (?:create|cleanup after check)|: not a directory$/],
  [
    'engine-not-in-jdk',
    /^Could not find .*: No such file|^(?:Did not|Cannot) find CRaC ?[Ee]ngine |^CRaCEngine (?:file does not exist|is empty|must not be)|^CRaCEngine=\S+ is not a library|^Cannot load CRaC engine/,
  ],
  ['engine-option', /^CRaC engine failed to configure: |^crexec: (?:unknown configure option|expected ')/],
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

/** The reason that a line names; null where it names none that is known. */
export const reasonOf = (line: string): EngineReason | null =>
  table.find(([, pattern]) => pattern.test(line))?.[0] ?? null

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
