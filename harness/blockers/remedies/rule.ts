import type { Blocker } from '../../model/report.js'
import type { Making } from '../causes/stacks.js'
import type { PolicyShape } from '../policies.js'
import type { Framework } from './frameworks.js'
import type { Trait } from './traits.js'

/** Generations of CRaC's rules: `21.0.4` is mid 2024, `21` the current 21 line. */
export type Generation = '21.0.4' | '21' | '25'

/** The option that allows native files by the beginnings of their paths, by its newer and its older name. */
export const allowingOptions = ['CRaCAllowedOpenFilePrefixes', 'CRAllowedOpenFilePrefixes'] as const
type AllowingOption = (typeof allowingOptions)[number]

/** One remedy as data: when it is true, what to do, the policy that helps (if one can), and where it is written. */
export interface RemedyRule {
  when: {
    kinds?: Blocker['kind'][]
    making?: Making[]
    /** By what name the JVM takes the option that allows files; of one that can't be asked its generation tells. */
    takes?: AllowingOption | 'neither'
    /** Names of threads, of which one may stand for a frame of `classes`: a library's own thread shows nobody's code. */
    threads?: RegExp
    /** Prefixes of `class.method`, one of which a frame from the JDK to the library that called it must have. */
    classes?: string[]
    /** Its frame may be outside of the owner's, too: a pool holds what the drivers that it calls open. */
    outward?: true
    /** One of which a finding or a descriptor of the cause must have. */
    traits?: Trait[]
    generations?: Generation[]
    /** Whether the JVM's own scan found it, which no policy ever sees. */
    native?: boolean
    /** Whether the stack that made it is known. */
    hasStack?: boolean
    /** Whether it may be a channel that a selector, which is in the way as well, has a key of. */
    registered?: boolean
    /** Whether a client of the app connected it. */
    accepted?: boolean
    /** The framework that the app must have; `none` is true where its class path is known to have none of them. */
    framework?: Framework | 'none'
  }
  /** `{netty}` stands for the package of the Netty in the stack, `{closed}` for the classes to close. */
  text: string
  /** Classes of objects that hold it, by their full names: what `{closed}` names where the stack has one of them. */
  objects?: string[]
  /** A rule that helps, and what to say of it; nothing of it is said where its facts are not known. */
  policy: { shape: PolicyShape; text: string } | null
  source: string
  /**
   * The run that applies it, in `test/blockers/remedies/programs`: blocked as it is, and checkpointable once the advice is
   * followed, in a real JVM; or a test's file; or `untried`.
   */
  proof: string
}
