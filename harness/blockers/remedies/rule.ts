import type { Blocker } from '../../model/report.js'
import type { Making } from '../causes/stacks.js'
import type { PolicyShape } from '../policies.js'
import type { Trait } from './traits.js'

/** Generations of CRaC's rules: `21.0.4` is mid 2024, `21` the current 21 line. */
export type Generation = '21.0.4' | '21' | '25'

/** One remedy as data: when it is true, what to do, the policy that helps (if one can), and where it is written. */
export interface RemedyRule {
  when: {
    kinds?: Blocker['kind'][]
    making?: Making[]
    /** Prefixes of `class.method`, one of which a frame of the stacks must have. */
    classes?: string[]
    /** One of which a finding or a descriptor of the cause must have. */
    traits?: Trait[]
    generations?: Generation[]
    /** Whether the JVM's own scan found it, which no policy ever sees. */
    native?: boolean
    hasStack?: boolean
    /** Whether it may be a channel that a selector, which is in the way as well, has a key of. */
    registered?: boolean
  }
  text: string
  /** A rule that helps, and what to say of it; nothing of it is said where its facts are not known. */
  policy: { shape: PolicyShape; text: string } | null
  source: string
}
