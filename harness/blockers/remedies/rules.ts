import { clientRules } from './clients.js'
import { fileRules } from './files.js'
import { jdkRules } from './jdk.js'
import { frameworkRules, libraryRules } from './libraries.js'
import { poolRules } from './pools.js'
import type { RemedyRule } from './rule.js'
import { builtRules } from './servers.js'
import { socketRules } from './sockets.js'

/** All remedies, most special first; every kind ends in one that is always true of it. */
export const remedyRules: RemedyRule[] = [
  ...poolRules,
  ...clientRules,
  ...builtRules,
  ...libraryRules,
  ...frameworkRules,
  ...fileRules,
  ...socketRules,
  ...jdkRules,
]
