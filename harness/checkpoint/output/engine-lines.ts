import { reasonOf } from './engine-reasons.js'
import { anyOf } from './lines/lines.js'

/** A line by which the JVM's native side or the engine says that it failed. */
export interface EngineFailure {
  message: string
  /** Null where the line alone does not tell; the lines around it do. */
  operation: 'checkpoint' | 'restore' | null
  /** Of several lines about one failure the highest rank is shown: 4 names a known cause, 3 a cause, 1 says only that there is one. */
  rank: 1 | 2 | 3 | 4
}

const MAX_TEXT = 8000
const CRIU_ERROR = /^(?:pie: +)?(?:\d{1,10}: +)?Error \(([\w./-]+):\d+\): (.+)$/

type Rule = [pattern: RegExp, operation: EngineFailure['operation'], rank: EngineFailure['rank']]

/** Matched after `JVM: `, `CR: ` and the JVM's `warning: ` are taken off. */
const rules: Rule[] = [
  [/^invalid info for restore provided/, 'checkpoint', 1],
  [/^(?:Unrecognized VM option '|.{0,80}option unrecognised: -XX:)CRaCRestoreFrom\b/, 'restore', 3],
  [/^(?:Unrecognized VM option '|.{0,80}option unrecognised: -XX:)[+-]?CR(?:aC|[A-Z])\w*/, 'checkpoint', 3],
  [/^(?:Error: )?VM option 'CR\w+' is (?:diagnostic|experimental)\b/, 'checkpoint', 3],
  [
    /^(?:Improperly specified|(?:Missing|Unexpected) \+\/- setting (?:for|in)) VM option 'CR/,
    'checkpoint',
    3,
  ],
  [/^-XX:\S+ is currently unsupported for -XX:CRaC\w+/, 'checkpoint', 3],
  [/^Message from (?:criu|engine): /, null, 2],
  [/^\S+ call failed$/, 'checkpoint', 2],
  [/^CRIU failed with exit code /, null, 2],
  [/^CRIU has not properly exited/, null, 2],
  [/^CRIU executable does not exist in /, null, 2],
  [/^CRIU at .* is not executable/, null, 2],
  [/^Cannot find CRIU executable on the PATH/, null, 2],
  [/^cannot find CRIU to use/, null, 2],
  [/^can't move out of JVM process hierarchy/, null, 2],
  [/^criu dump: /, 'checkpoint', 2],
  [/^unknown command-line action: /, null, 2],
  [/^CRaC engine failed to checkpoint to /, 'checkpoint', 2],
  [
    /^CRaCCheckpointTo(?: is not specified|=.* is not a directory|=.* contains an invalid pattern)/,
    'checkpoint',
    2,
  ],
  [/^Cannot (?:create CRaCCheckpointTo=|cleanup after CRaCCheckpointTo check: )/, 'checkpoint', 2],
  [/^Error interpolating CRaCCheckpointTo=/, 'checkpoint', 2],
  [
    /^cannot (?:open checkpoint perfdata|write data to checkpoint perfdata|mmap checkpoint perfdata)/,
    'checkpoint',
    2,
  ],
  [
    /^warp: .*\b[Cc]heckpoint\b.*\b(?:[Ff]ailed|FAILED|[Uu]nsuccessful|[Aa]borted|[Ee]rror|ERROR)\b/,
    'checkpoint',
    2,
  ],
  [
    /^warp: .*\b[Rr]estore\b.*\b(?:[Ff]ailed|FAILED|[Uu]nsuccessful|[Aa]borted|[Ee]rror|ERROR)\b/,
    'restore',
    2,
  ],
  [/^(?:Cannot open CRaCRestoreFrom=|CRaCRestoreFrom=.* is not a directory)/, 'restore', 2],
  [/^CRaC engine failed to restore from /, 'restore', 2],
  [/^Restore cannot continue, VM will exit/, 'restore', 1],
  [/^Cannot read restore parameters/, 'restore', 2],
  [/^Failed to open a space shared with restored process/, 'restore', 2],
  [/^cannot (?:restore$|execute ".* restore |open restore perfdata)/, 'restore', 2],
  [/ is not restore-settable and is not available on restore/, 'restore', 2],
  [/missing features of this CPU are /, 'restore', 3],
  [/^Restore failed due to incompatible or missing CPU features/, 'restore', 3],
  [/^(?:\w+: )?(?:.{0,80}\b)?[Ee]ngine\b.{0,80}\bmismatch\b/, 'restore', 3],
  [/^(?:\w+: )?[Ii]mage .{0,200}\b(?:an)?other engine\b/, 'restore', 3],
  // An image is restored only where its tags are as the restoring JVM asks.
  [/^(?:\w+: )?(?:Bitmap|Label|Type) mismatch for tag \S+/, 'restore', 2],
  [/^(?:\w+: )?[Cc]annot open \S+\/tags in mode r: /, 'restore', 2],
  [/^(?:warp|crexec|criuengine): (?:error: )?[Cc]annot open .+: No such file or directory$/, 'restore', 3],
  // Warp holds each file that was mapped against the one that is there.
  [/^(?:warp: )?(?:error: )?Cannot find build-id\b/, 'restore', 3],
  [/^(?:warp: )?(?:error: )?Cannot open some of the files mapped into memory/, 'restore', 3],
  [/^Image .+ has incompatible CPU features in its user data/, 'restore', 3],
  [/^Image format does not match; saved image with engine /, 'restore', 3],
  [/^Restore failed due to wrong or missing CPU architecture/, 'restore', 3],
  [/^(?:\w+: )?Tag \S+ was not found$/, 'restore', 2],
  [/^(?:\w+: )?Invalid format of tags file/, 'restore', 3],
  [
    /^(?:Did not find CRaCEngine|Cannot find CRaC engine|CRaCEngine file does not exist:|CRaCEngine=\S+ is not a library|Cannot load CRaC engine) ?/,
    null,
    3,
  ],
  [/^crexec: (?:unknown configure option: |expected '.{0,200}' to be either )/, null, 3],
  [/^CRaC engine failed to configure: /, null, 2],
  [/^Failed to restore (?:from \S|checkpoint$|\/)/, 'restore', 1],
  [/^Invalid value for -XX:CheckCPUFeatures=/, 'restore', 2],
  [/\bCRaC checkpoint not supported on current JVM$/, 'checkpoint', 1],
  [/^CWWK(?:C0453E|E096[23]E): /, 'checkpoint', 2],
  [/^CWWK(?:C0454E|E0957I|E0961I|E0964E): /, 'restore', 2],
  [/^\S*criu: (?:Operation not permitted|Permission denied|No such file or directory)/, null, 2],
]

/** Only from the JVM's own `warning(…)`: the words alone say too little. */
const warnings: Rule[] = [
  [/^Could not find .*: .+/, 'checkpoint', 2],
  [/^cannot (?:create|cleanup after check|execute) ?.*: .+/, 'checkpoint', 2],
  [/^.+: not a directory$/, 'checkpoint', 2],
]

const anyRule = anyOf(rules.map(([pattern]) => pattern))
const prefixes = /^(?:JVM|CR): |^(?:OpenJDK|Java HotSpot|Zing)\b.{0,60}? warning: /
const liberty = /\bCWWK[A-Z]\d{4}[AEIW]: /
const shell = /: line \d+: (?=\S*criu: )/

/** Recognises the ways in which an engine and the JVM around it admit failure; null for all other lines. */
export function parseEngineFailure(line: string): EngineFailure | null {
  const text = line.slice(0, MAX_TEXT)
  const error = CRIU_ERROR.exec(text)
  if (error !== null) return criuError(error[1] ?? '', error[2] ?? '')
  const prefix = prefixes.exec(text)?.[0] ?? ''
  const code = liberty.exec(text) ?? shell.exec(text)
  const message =
    code === null
      ? text.slice(prefix.length)
      : code[0].startsWith(':')
        ? text.slice(code.index + code[0].length)
        : text.slice(code.index)
  const isWarning = prefix.endsWith('warning: ')
  if (!isWarning && !anyRule.test(message)) return null
  const rule = (isWarning ? [...warnings, ...rules] : rules).find(([pattern]) => pattern.test(message))
  return rule === undefined ? null : { message, operation: rule[1], rank: rule[2] }
}

function criuError(file: string, message: string): EngineFailure | null {
  // It can't raise its own limits, calls that an error, and goes on.
  if (message.startsWith('rlimit: ')) return null
  if (message.startsWith('Dumping FAILED')) return { message, operation: 'checkpoint', rank: 2 }
  if (message.startsWith('Restoring FAILED')) return { message, operation: 'restore', rank: 2 }
  const operation = /cr-restore|restorer/.test(file)
    ? 'restore'
    : file.includes('cr-dump')
      ? 'checkpoint'
      : null
  return { message, operation, rank: reasonOf(message) === null ? 3 : 4 }
}
