import type { StartedApp } from '../../app/held.js'
import { checkpoint } from '../../checkpoint/crac/crac.js'
import { timed } from '../../host/diagnosis/profile.js'
import { jcmd } from '../../jvm/attach.js'
import { isJvm } from '../../jvm/java.js'
import type { CheckpointedApp } from '../checkpointed-app.js'
import type { Launch } from '../launch/launch.js'
import { ImageFolder } from './image-folder.js'
import { withImage } from './kept-image.js'
import { openNow, reopenedSince } from './reopened.js'

/**
 * Asks a CRaC JDK for a checkpoint; whatever of ours is in the app must be gone by now. `exited` is the end that an image
 * brings about.
 */
export async function askJdk(
  pid: number,
  app: StartedApp,
  { image: place }: Launch,
  timeoutMs: number,
  exited = app.exited,
): Promise<CheckpointedApp['answer']> {
  const { host, output } = app
  const mark = output.mark()
  const image = await ImageFolder.open(place.folder, host)
  const open = await openNow(pid, host)
  const asked = checkpoint({
    jcmd: (command) => jcmd(pid, command, { timeoutMs, host }),
    appOutputSince: async () => {
      await output.upToNow()
      return output.since(mark)
    },
    imageFiles: () => image.files(),
    engineLog: () => image.log(),
    reopened: () => reopenedSince(open, pid, host),
    exited,
    alive: () => isJvm(pid, host),
    timeoutMs,
  })
  return await withImage(await timed('engine', asked), place, image)
}
