/** What the timeline draws, before it is drawn. */
import type { JudgedDescriptor } from '../../harness/model/answer'
import { groupBy, largest } from '../../harness/model/lists'
import type { Service } from '../data/services'
import { COLOURS, ownersOf, type Owners } from '../data/owners'
import { bandsOf, type Band } from '../../reports/html/bands'
import { DENSITY, densityOf, type Density } from './density'

export const AXIS = 38

export interface Row {
  top: number
  height: number
  owner: string
  colour: number | null
  /** Null: the row names the owner of those below it. */
  descriptor: JudgedDescriptor | null
  from: number
  count: number
  /** Only blockers that a team has accepted name it. */
  accepted: boolean
}

export interface Timeline {
  bands: Band[]
  rows: Row[]
  /** Before 0 where it is known what came before the app's release. */
  begin: number
  end: number
  height: number
  /** How high that is which stays in its place above the rows. */
  head: number
  density: Density | null
  roomy: boolean
}

const HEAD = 20
/** So many rows can have their text in them. */
const ROOMY = 80

/** The phases of a check, and a bar for each descriptor from its creation; the owners of what is blocked come first. */
export function timelineOf({ answer, acceptedFds }: Service): Timeline {
  const owners = ownersOf(answer)
  // What comes after the checkpoint is the harness's own work, and takes no room.
  const bands = bandsOf(answer).filter(({ name }) => name !== 'join')
  const times = answer.descriptors.flatMap(({ origin }) => origin?.atMs ?? [])
  const end = Math.max(bands.at(-1)?.to ?? 0, largest([0, ...times]) * 1.02, 1)
  const roomy = answer.descriptors.length <= ROOMY
  const height = roomy ? 18 : 7
  const groups = [...groupBy(answer.descriptors, (each) => owners.of(each))].sort(
    ([a, one], [b, other]) =>
      blockedIn(other) - blockedIn(one) || rank(owners, a) - rank(owners, b) || other.length - one.length,
  )
  const rows: Row[] = []
  let top = 0
  for (const [owner, descriptors] of groups) {
    const shared = { owner, colour: owners.colour(owner) }
    rows.push({
      ...shared,
      top,
      height: HEAD,
      descriptor: null,
      from: 0,
      count: descriptors.length,
      accepted: false,
    })
    top += HEAD
    for (const descriptor of descriptors.toSorted((a, b) => since(a) - since(b))) {
      const accepted = acceptedFds.has(descriptor.fd)
      rows.push({ ...shared, top, height, descriptor, from: since(descriptor), count: 1, accepted })
      top += height
    }
    top += 6
  }
  const density = densityOf(answer, owners)
  const head = AXIS + (density === null ? 0 : DENSITY)
  return { bands, rows, begin: Math.min(0, bands[0]?.from ?? 0), end, height: top, head, density, roomy }
}

const since = ({ origin }: JudgedDescriptor): number => Math.max(0, origin?.atMs ?? 0)

export const hue = ({ colour }: { colour: number | null }): string =>
  colour === null ? '--owner-none' : `--owner-${colour}`

/** Those that have a name come first. */
const rank = (owners: Owners, name: string): number => owners.colour(name) ?? COLOURS

const blockedIn = (descriptors: readonly JudgedDescriptor[]): number =>
  descriptors.filter(({ verdict }) => verdict === 'blocked').length

/** The row at a height, by halving: there may be thousands. */
export function rowAt(rows: readonly Row[], y: number): Row | null {
  let [low, high] = [0, rows.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row === undefined) return null
    if (y < row.top) high = middle - 1
    else if (y >= row.top + row.height) low = middle + 1
    else return row
  }
  return null
}
