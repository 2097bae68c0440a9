import type { Difference, DifferenceKind } from '../../model/restoration.js'

type Remedy = NonNullable<Difference['remedy']>

const GUIDE = 'https://docs.azul.com/core/crac/crac-guidelines'
const RESOURCE = 'https://crac.github.io/openjdk-builds/javadoc/api/java.base/jdk/crac/Resource.html'
const API = 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/'

/** What to do about what is different, by its kind and what became of it; what is not in it needs nobody's attention. */
const table: Partial<Record<`${DifferenceKind} ${Difference['change']}`, Remedy>> = {
  'descriptor missing': {
    text: 'Open it again in afterRestore of the Resource that closes it, where the app needs it before it is used next.',
    link: RESOURCE,
  },
  'listener missing': {
    text: 'Nobody can connect any more. Bind and listen again in afterRestore of the Resource that closes it.',
    link: RESOURCE,
  },
  'connection closed': {
    text: 'Close it in beforeCheckpoint and connect again in afterRestore: its other end does not wait for an image. A pool has to test its connections before it gives them out.',
    link: GUIDE,
  },
  'thread missing': {
    text: 'Where nobody starts it when it is needed, start it again in afterRestore of the Resource that ends it.',
    link: RESOURCE,
  },
  'clock changed': {
    text: 'Deadlines, leases, cached tokens and scheduled work of before are as much older. Compute them anew in afterRestore.',
    link: GUIDE,
  },
  'environment changed': {
    text: 'What was read from the environment at the start is in the image. Read it again in afterRestore.',
    link: GUIDE,
  },
  'host-name changed': {
    text: 'A host name that was read at the start is in the image. Ask for it again in afterRestore.',
    link: GUIDE,
  },
  'working-directory changed': {
    text: 'Relative paths lead elsewhere. Use absolute ones, or restore in the folder of the checkpoint.',
    link: GUIDE,
  },
  'time-zone changed': {
    text: 'Call TimeZone.setDefault(null) in afterRestore, so that the JVM asks for it again.',
    link: `${API}java/util/TimeZone.html`,
  },
  'random repeated': {
    text: 'Make a new generator, or seed it anew, in afterRestore: what is made of its numbers, such as ids of sessions, is the same in every process that is restored from this image.',
    link: `${API}java/security/SecureRandom.html`,
  },
  'processors changed': {
    text: 'Pools that were sized at the start keep their size. Size them in afterRestore.',
    link: GUIDE,
  },
  'memory changed': {
    text: 'The heap keeps the limits of the start. Give -Xmx, or make the image under the limit that it is restored under.',
    link: GUIDE,
  },
}

export const remedyFor = (kind: DifferenceKind, change: Difference['change']): Remedy | null =>
  table[`${kind} ${change}`] ?? null
