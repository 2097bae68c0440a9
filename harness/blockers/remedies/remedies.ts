import type { Finding } from '../../model/finding.js'
import type { Frame, Remedy } from '../../model/report.js'
import type { Cause } from '../causes/causes.js'
import { endpointsOf } from '../causes/addresses.js'
import { plainName } from '../../model/class-names.js'
import { allowedPrefixes, policyText, type PolicyFacts } from '../policies.js'
import { PREFIXES } from './files.js'
import type { Generation, RemedyRule } from './rule.js'
import { remedyRules } from './rules.js'
import { endsIn, isNative, pathOf } from '../causes/subjects.js'
import { traitsOf, type Trait } from './traits.js'

const NO_POLICIES =
  'This build does not know policies yet, which came in October 2023: a newer one may spare you the change.'

/** What the user can do about one of the causes: the first rule that is true of it. */
export function remedyOf(cause: Cause, cracVersion: string | null, causes: Cause[] = [cause]): Remedy {
  const situation = situationOf(cause, cracVersion, causes)
  const rule = remedyRules.find((candidate) => applies(candidate, situation))
  if (rule === undefined) throw new Error(`no remedy for kind ${cause.kind}`)
  if (rule.policy && cause.joined.some(({ finding }) => finding.subject.words !== 'policies'))
    return { text: `${rule.text} ${NO_POLICIES} See ${rule.source}`, policy: null }
  const facts = factsOf(cause)
  const policy = rule.policy && policyText(rule.policy.shape, facts)
  const advice = withPrefixes(rule.text, facts)
  const text = rule.policy && policy !== null ? `${advice} ${rule.policy.text}` : advice
  return { text: `${text} See ${rule.source}`, policy }
}

/** The advice with the prefixes of this cause's files. */
function withPrefixes(text: string, { paths }: PolicyFacts): string {
  if (!text.includes(PREFIXES)) return text
  const prefixes = allowedPrefixes(paths)
  return prefixes === null
    ? `${text.replaceAll(PREFIXES, 'PREFIX')} PREFIX is the beginning of its path, as far as it is the same on every run.`
    : text.replaceAll(PREFIXES, () => prefixes)
}

interface Situation {
  cause: Cause
  generation: Generation | null
  frames: Frame[]
  native: boolean
  registered: boolean
  traits: Set<Trait>
}

function situationOf(cause: Cause, cracVersion: string | null, causes: Cause[]): Situation {
  const known = ['21.0.4', '21', '25'] as const
  return {
    cause,
    generation: known.find((one) => one === cracVersion) ?? null,
    frames: cause.stacks.flat(),
    native: cause.joined.some(({ finding }) => isNative(finding)),
    registered:
      causes.some(({ kind }) => kind === 'selector') &&
      cause.joined.some(({ finding }) => finding.subject.is === 'socket' && finding.subject.channel),
    traits: traitsOf(cause),
  }
}

function applies(
  { when }: RemedyRule,
  { cause, generation, frames, native, registered, traits }: Situation,
): boolean {
  const { kinds, making, classes, generations } = when
  return (
    (kinds === undefined || kinds.includes(cause.kind)) &&
    (making === undefined || (cause.making !== null && making.includes(cause.making))) &&
    (when.native === undefined || when.native === native) &&
    (when.registered === undefined || when.registered === registered) &&
    (when.hasStack === undefined || when.hasStack === frames.length > 0) &&
    // A rule for some generations must be true of the one at hand; where that is not known, of none in particular.
    (generations === undefined || (generation !== null && generations.includes(generation))) &&
    (classes === undefined ||
      frames.some((frame) =>
        classes.some((prefix) => `${plainName(frame.class)}.${frame.method}`.startsWith(prefix)),
      )) &&
    (when.traits === undefined || when.traits.some((trait) => traits.has(trait)))
  )
}

function factsOf(cause: Cause): PolicyFacts {
  const ends = [...cause.entries.map(endpointsOf), ...cause.joined.map(({ finding }) => endsIn(finding))]
  const locals = new Set(ends.flatMap(({ local }) => local?.port ?? []))
  return {
    // A bare descriptor has no owner that a rule for files could ask for its path.
    paths: [
      ...new Set(cause.joined.flatMap(({ finding }) => (isBare(finding) ? [] : (pathOf(finding) ?? [])))),
    ].sort(),
    localPort: locals.size === 1 ? ([...locals][0] ?? null) : null,
    remotePorts: [...new Set(ends.flatMap(({ remote }) => remote?.port ?? []))].sort((a, b) => a - b),
  }
}

const isBare = ({ subject }: Finding): boolean => subject.is === 'bare'
