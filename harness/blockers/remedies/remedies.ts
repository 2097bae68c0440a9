import type { Ends } from '../../model/endpoint.js'
import type { Finding } from '../../model/finding.js'
import type { Frame, Remedy } from '../../model/report.js'
import type { Entry } from '../../model/target.js'
import { once } from '../../model/lists.js'
import type { Cause } from '../causes/causes.js'
import { endpointsOf } from '../causes/addresses.js'
import { allowedPrefixes, policyText, type PolicyFacts, type PolicyShape } from '../policies.js'
import { PREFIXES } from './files.js'
import { depthOf, fillIn } from './frames.js'
import { isIn, type Framework } from './frameworks.js'
import { libraryRules } from './libraries.js'
import { allowingOptions, type Generation, type RemedyRule } from './rule.js'
import { remedyRules } from './rules.js'
import { endsIn, isNative, pathOf } from '../causes/subjects.js'
import { traitsOf, type Trait } from './traits.js'

const NO_POLICIES =
  'This build does not know policies yet, which came in October 2023: a newer one may spare you the change.'

/** What is known of the app around one of its causes. */
export interface Around {
  causes: Cause[]
  /** Those of its class path; null where that is not known. */
  frameworks: Set<Framework> | null
  /** The names of its JVM's flags; null where that was not asked. */
  flags: ReadonlySet<string> | null
  /** What is open in it, as far as that is known. */
  ledger: Entry[]
}

/** What the user can do about one of the causes: the first rule that is true of it. */
export function remedyOf(cause: Cause, cracVersion: string | null, around: Around): Remedy {
  const situation = situationOf(cause, cracVersion, around)
  const rule = chosen(
    remedyRules.filter((candidate) => applies(candidate, situation)),
    cause,
  )
  if (rule === undefined) throw new Error(`no remedy for kind ${cause.kind}`)
  const told = fillIn(rule, cause.stacks)
  if (rule.policy && cause.joined.some(({ finding }) => finding.subject.words !== 'policies'))
    return { text: `${told} ${NO_POLICIES} See ${rule.source}`, policy: null }
  const facts = factsOf(cause, around)
  const policy =
    rule.policy && !isInVain(rule.policy.shape, situation) ? policyText(rule.policy.shape, facts) : null
  const advice = withPrefixes(told, facts)
  const text = rule.policy && policy !== null ? `${advice} ${rule.policy.text}` : advice
  return { text: `${text} See ${rule.source}`, policy }
}

/** A locked file can't be left to the engine, and reopened it is no longer locked. */
const isInVain = (shape: PolicyShape, { traits }: Situation): boolean =>
  traits.has('locked') && (shape === 'file-ignore' || shape === 'file-reopen')

/** The advice with the prefixes of this cause's files. */
function withPrefixes(text: string, { paths }: PolicyFacts): string {
  if (!text.includes(PREFIXES)) return text
  const prefixes = allowedPrefixes(paths)
  return prefixes === null
    ? `${text.replaceAll(PREFIXES, 'PREFIX')} PREFIX is the beginning of its path, as far as it is the same on every run.`
    : text.replaceAll(PREFIXES, () => prefixes)
}

/** The first of the rules that are true; of several libraries in the stack the innermost. */
function chosen(rules: RemedyRule[], { stacks }: Cause): RemedyRule | undefined {
  const [first] = rules
  if (first === undefined || !libraryRules.includes(first)) return first
  return rules
    .filter((rule) => libraryRules.includes(rule))
    .map((rule) => ({ rule, depth: depthOf(rule, stacks) }))
    .sort((a, b) => a.depth - b.depth)[0]?.rule
}

interface Situation {
  cause: Cause
  generation: Generation | null
  frames: Frame[]
  frameworks: Set<Framework> | null
  takes: RemedyRule['when']['takes'] | null
  native: boolean
  registered: boolean
  traits: Set<Trait>
}

function situationOf(cause: Cause, cracVersion: string | null, around: Around): Situation {
  const { causes, frameworks, flags } = around
  const known = ['21.0.4', '21', '25'] as const
  return {
    cause,
    generation: known.find((one) => one === cracVersion) ?? null,
    frames: cause.stacks.flat(),
    frameworks,
    takes: takenBy(flags, cracVersion),
    native: cause.joined.some(({ finding }) => isNative(finding)),
    registered:
      haveSelector(causes) &&
      cause.joined.some(({ finding }) => finding.subject.is === 'socket' && finding.subject.channel),
    traits: traitsOf(cause),
  }
}

/** A build of the 25 line takes the newer name; others differ, and have to be asked. */
function takenBy(flags: ReadonlySet<string> | null, cracVersion: string | null): Situation['takes'] {
  if (flags === null) return cracVersion === '25' ? allowingOptions[0] : null
  return allowingOptions.find((name) => flags.has(name)) ?? 'neither'
}

const haveSelector = once((causes: Cause[]) => causes.some(({ kind }) => kind === 'selector'))

function applies(rule: RemedyRule, situation: Situation): boolean {
  const { when } = rule
  const { cause, generation, native, registered, traits } = situation
  const { kinds, making, classes, generations } = when
  return (
    (kinds === undefined || kinds.includes(cause.kind)) &&
    (making === undefined || (cause.making !== null && making.includes(cause.making))) &&
    (when.native === undefined || when.native === native) &&
    (when.registered === undefined || when.registered === registered) &&
    (when.hasStack === undefined || when.hasStack === isMadeKnown(cause)) &&
    // A rule for some generations must be true of the one at hand; where that is not known, of none in particular.
    (generations === undefined || (generation !== null && generations.includes(generation))) &&
    (when.takes === undefined || when.takes === situation.takes) &&
    (classes === undefined || depthOf(rule, cause.stacks) >= 0 || isByThread(rule, cause)) &&
    (when.accepted === undefined || when.accepted === traits.has('accepted')) &&
    (when.framework === undefined || hasFramework(when.framework, situation)) &&
    (when.traits === undefined || when.traits.some((trait) => traits.has(trait)))
  )
}

/** Whether a stack tells who made it: the one of an exception says only who found it. */
function isMadeKnown({ joined, stacks }: Cause): boolean {
  const thrown = joined.map(({ finding }) => finding.thrownAt)
  return stacks.some((stack) => !thrown.includes(stack))
}

const isByThread = ({ when }: RemedyRule, { entries }: Cause): boolean =>
  entries.some(({ origin }) => when.threads?.test(origin?.thread ?? '') === true)

function hasFramework(framework: Framework | 'none', { frameworks, frames }: Situation): boolean {
  if (framework === 'none') return frameworks?.size === 0
  return frameworks?.has(framework) ?? isIn(framework, frames)
}

function factsOf(cause: Cause, { causes, ledger }: Around): PolicyFacts {
  const ends = allEnds(cause)
  const locals = new Set(ends.flatMap(({ local }) => local?.port ?? []))
  return {
    // A bare descriptor has no owner that a rule for files could ask for its path.
    paths: [
      ...new Set(cause.joined.flatMap(({ finding }) => (isBare(finding) ? [] : (pathOf(finding) ?? [])))),
    ].sort(),
    localPort: locals.size === 1 ? ([...locals][0] ?? null) : null,
    remotePorts: [...new Set(ends.flatMap(({ remote }) => remote?.port ?? []))].sort((a, b) => a - b),
    isOwnPort: (port) =>
      [...ledger.map(endpointsOf), ...causes.flatMap(allEnds)].some(({ local }) => local?.port === port),
  }
}

const allEnds = ({ entries, joined }: Cause): Ends[] => [
  ...entries.map(endpointsOf),
  ...joined.map(({ finding }) => endsIn(finding)),
]

const isBare = ({ subject }: Finding): boolean => subject.is === 'bare'
