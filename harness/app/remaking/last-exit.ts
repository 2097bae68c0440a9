import type { Exit } from '../exit.js'
import type { RestoredApp } from './remaking.js'

/** How an app ends, or the last of what it is restored in: each may go into an image in its turn. */
export async function lastExit(first: Promise<Exit>, heir: () => Promise<RestoredApp | null>): Promise<Exit> {
  let exit = await first
  for (let last: RestoredApp | null = null; ;) {
    const next = await heir()
    if (next === null || next === last) return exit
    last = next
    exit = await next.exited
  }
}
