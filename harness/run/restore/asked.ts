import type { ImagePlace } from '../../checkpoint/criu/image.js'
import type { Timeline } from '../scope/timeline.js'
import type { KeptFolder } from './keep-image.js'
import type { Place } from './place.js'

/** What is asked of a restore. */
export interface RestoreAsked {
  /** Where images go. */
  folder: string
  /** How long it may take at most, in milliseconds; null where nobody said so. */
  budgetMs: number | null
  /** Whether the image is restored a second time, to be compared with the first. */
  twice: boolean
  /** The user's folder for the image; null where nobody wants it. */
  kept: KeptFolder | null
  /** Where its times are noted. */
  timeline: Timeline
}

/** An image on the disk, and what was there to be seen when it was made. */
export interface Image {
  place: ImagePlace
  /** How long its way back may take, in milliseconds. */
  limit: number
  places: { before: Place; after: Place }
}
