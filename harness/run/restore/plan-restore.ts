import type { StartedApp } from '../../app/held.js'
import { findCriu } from '../../checkpoint/criu/criu.js'
import type { Restoration } from '../../model/restoration.js'
import type { Launch } from '../launch.js'
import type { Timeline } from '../scope/timeline.js'
import { notTried, ofCracJdk } from './restoration.js'
import { Restoring } from './restoring.js'

/** How an app that was asked to be restored will be, or why it won't. */
export async function planRestore(
  launch: Launch,
  app: StartedApp,
  folder: string,
  asked: { budgetMs: number | null; timeline: Timeline },
): Promise<Restoring | Restoration> {
  const { handOver } = app
  if (launch.engine === 'crac') return ofCracJdk
  if (handOver === null) return notTried('only an app that runs as a process is restored yet.')
  const criu = await findCriu()
  return typeof criu === 'string' ? notTried(criu) : new Restoring(criu, { ...app, handOver }, folder, asked)
}
