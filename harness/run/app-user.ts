import type { StartedApp } from '../app/held.js'
import type { AppSpec } from '../app/spec.js'
import { readStatus } from '../host/procfs/status.js'
import { EngineError } from '../model/errors.js'

/** An app that something like su or setpriv has given to another user can write nothing into the check's folder. */
export async function assertSameUser(pid: number, app: StartedApp, { command }: AppSpec): Promise<void> {
  const ours = process.geteuid?.()
  const its = (await readStatus(pid, app.host))?.uid
  if (app.root !== null || its === undefined || ours === undefined || its === ours) return
  throw new EngineError(
    'ENGINE_REFUSED',
    `The app runs as user ${its} and the check as user ${ours}, into whose folder it can't write: put the whole check behind "${command?.[0] ?? ''}", and not only the app.`,
  )
}
