import type { EngineAnswer } from '../../checkpoint/engine.js'
import type { LaunchImage } from '../launch/launch.js'
import type { ImageFolder } from './image-folder.js'

/** An image in a folder of the user's stays, and with it the file that the app's output goes to. */
export async function withImage(
  answer: EngineAnswer,
  launched: LaunchImage,
  image: ImageFolder,
): Promise<EngineAnswer> {
  const { folder, log, given } = launched
  if (!given || log === null || !(await image.isWritten())) return answer
  launched.stays = true
  const where = `The image is in ${folder}. To be restored it needs ${log}, its standard output.`
  return { ...answer, note: answer.note === null ? where : `${answer.note} ${where}` }
}
