import { join } from 'node:path'
import { packageRoot } from '../../harness/host/package-root.js'
import { findCriu } from '../../harness/checkpoint/criu/criu.js'
import { capability } from './capability.js'

// The one that the set-up has unpacked: Debian 12's own is too old.
process.env.CRAC_PREFLIGHT_CRIU ??= join(packageRoot, 'build', 'criu', 'criu')

const found = await findCriu()

/** An app can be restored here. */
export const criu = capability('criu', typeof found !== 'string', typeof found === 'string' ? found : '')
