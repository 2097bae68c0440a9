import type { StartedApp } from '../../app/held.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import type { Restoration } from '../../model/restoration.js'
import type { EngineName, Launch } from '../launch.js'
import type { RestoreAsked } from './asked.js'
import { notTried, ofCracJdk } from './restoration.js'
import { Restoring } from './restoring.js'

/** How an app that was asked to be restored will be, or why it won't. */
export function planRestore(
  launch: Launch,
  app: StartedApp,
  criu: Criu | string,
  asked: RestoreAsked,
): Restoring | Restoration {
  const { remaking } = app
  if (launch.engine === 'crac') return ofCracJdk
  if (typeof criu === 'string') return notTried(criu)
  if (typeof remaking === 'string') return notTried(remaking)
  return new Restoring(criu, app, remaking, asked)
}

/** Why an app is not restored, although that was asked, whose checkpoint somebody else makes; null where it wasn't. */
export function notRestored(
  restoring: Restoring | Restoration | null,
  engine: EngineName,
): Restoration | null {
  if (!(restoring instanceof Restoring)) return restoring
  return engine === 'crac' ? ofCracJdk : notTried('the app has asked for its checkpoint itself.')
}
