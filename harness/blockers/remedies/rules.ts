import { applicationRules } from './libraries.js'
import { fileRules } from './files.js'
import { jdkRules } from './jdk.js'
import type { RemedyRule } from './rule.js'

/** All remedies, most special first; every kind ends in one that is always true of it. */
export const remedyRules: RemedyRule[] = [...applicationRules, ...fileRules, ...jdkRules]
