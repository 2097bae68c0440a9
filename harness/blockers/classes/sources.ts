import type { Frame, Origin } from '../../model/report.js'
import type { Entry } from '../../model/target.js'
import type { ClassIndex } from './classes.js'

/** Fills in the source file of every Java frame of the ledger: stacks carry class, method and line, but no file. */
export async function nameSources(entries: Entry[], index: ClassIndex): Promise<Entry[]> {
  const files = new Map<string, string | null>()
  async function named(frame: Frame): Promise<Frame> {
    if (frame.file !== null) return frame
    let file = files.get(frame.class)
    if (file === undefined)
      files.set(frame.class, (file = (await index.find(frame.class))?.sourceFile ?? null))
    return { ...frame, file }
  }
  async function inOrigin(origin: Origin | null): Promise<Origin | null> {
    if (origin === null) return null
    const java: Frame[] = []
    for (const frame of origin.java) java.push(await named(frame))
    return { ...origin, java }
  }
  const done: Entry[] = []
  for (const entry of entries)
    done.push({
      ...entry,
      origin: await inOrigin(entry.origin),
      bound: await inOrigin(entry.bound),
      listened: await inOrigin(entry.listened),
      connected: await inOrigin(entry.connected),
    })
  return done
}
