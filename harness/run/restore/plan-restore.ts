import type { StartedApp } from '../../app/held.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import type { Restoration } from '../../model/restoration.js'
import { JdkRestoring } from '../crac/jdk-restoring.js'
import type { Launch } from '../launch/launch.js'
import type { RestoreAsked } from './asked.js'
import { CriuRestoring } from './criu-restoring.js'
import { notTried } from './restoration.js'
import { Restoring } from './restoring.js'

const SIMULATED =
  'the engine that the command names writes no image, so there is none to come back from. Leave out -XX:CREngine (-XX:CRaCEngine), or name one that writes.'

/** How an app that was asked to be restored will be, or why it won't. */
export function planRestore(
  launch: Launch,
  app: StartedApp,
  criu: Criu | string,
  asked: RestoreAsked,
): Restoring | Restoration {
  const { remaking } = app
  if (launch.engine === 'rehearsal' && typeof criu === 'string') return notTried(criu)
  if (typeof remaking === 'string') return notTried(remaking)
  if (typeof criu !== 'string' && launch.engine === 'rehearsal')
    return new CriuRestoring(criu, app, remaking, asked)
  return launch.image.written ? new JdkRestoring(launch, app, remaking, asked) : notTried(SIMULATED)
}

/** Why an app is not restored, although that was asked, whose checkpoint somebody else makes; null where it wasn't. */
export function notRestored(restoring: Restoring | Restoration | null): Restoration | null {
  return restoring instanceof Restoring ? notTried('the app has asked for its checkpoint itself.') : restoring
}
