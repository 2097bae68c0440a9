import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { findCriu } from '../../harness/checkpoint/criu/criu.js'
import { capability } from './capability.js'

// The one that the set-up has unpacked: Debian 12's own is too old.
process.env.CRAC_PREFLIGHT_CRIU ??= join(packageRoot, 'build', 'criu', 'criu')

const found = await findCriu()

/** An app can be restored here. */
export const criu = capability('criu', typeof found !== 'string', typeof found === 'string' ? found : '')

const old = join(packageRoot, 'build', 'criu-old', 'criu')

/** One that is too old for it, of Debian 12. */
export const oldCriu = {
  ...capability('old-criu', existsSync(old), 'the set-up has unpacked none'),
  program: old,
}
