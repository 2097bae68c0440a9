import type { Answer } from '../../harness/model/answer.js'
import type { Blocker } from '../../harness/model/report.js'
import { ownerFrame } from './blocker-place.js'

/**
 * A file to name where no source is in the repository, as a CI refuses what has none: the text that was explained, else
 * the owner's source under the name that its class file has, else the app's jar, else the answer's name.
 */
export function fallbackPlace(answer: Answer, blocker: Blocker | null): string {
  if (answer.command === 'explain') return inside(answer.name)
  const frame = blocker && ownerFrame(answer, blocker)
  if (frame?.file) return inside([...frame.class.split('.').slice(0, -1), frame.file].join('/'))
  const command = answer.run?.app.command ?? []
  return inside(command[command.indexOf('-jar') + 1 || command.length] ?? answer.name)
}

/** A path that leads nowhere outside the repository. */
const inside = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/') || 'unknown'
