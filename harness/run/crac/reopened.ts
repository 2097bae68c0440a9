import { append } from '../../model/lists.js'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../../host/host.js'
import { readSockets } from '../../ledger/table/sockets.js'
import { describeTarget, readLiveTable } from '../../ledger/table/live-table.js'
import type { Restore } from '../../model/report.js'
import { describe, describePeer, type Target } from '../../model/target.js'

/** What is open by another thread a moment later counts as back. */
const PATIENCE_MS = 500
const PAUSE_MS = 50

/** A descriptor that an app closes for a checkpoint and opens again: what it is, and what it leads to. */
interface Open {
  identity: string
  target: string
}

/** Files and named sockets; a selector's own descriptors are the JDK's to close and to open. */
export async function openNow(pid: number, host: Host): Promise<Open[]> {
  const [live, sockets] = await Promise.all([readLiveTable(pid, host), readSockets(pid, host)])
  return live.flatMap((each) => {
    const { target } = describeTarget(each, sockets)
    const name = nameOf(target)
    return each.fd <= 2 || name === null
      ? []
      : [{ identity: `${each.fd} ${each.device}:${each.inode}`, target: name }]
  })
}

function nameOf(target: Target): string | null {
  const { is } = target
  // The attach listener's is the JVM's own to make, when the harness asks for it.
  if (is === 'unix' && target.name?.includes('.java_pid') === true) return null
  if (is === 'file' || (is === 'unix' && target.name !== null)) return describe(target)
  if (is !== 'tcp' && is !== 'udp') return null
  // An end that the app connects anew has another port of its own.
  return target.remote === null ? describe(target) : `${is} to ${describePeer(target) ?? ''}`
}

/** What was open before a checkpoint and has been closed since: there again by its target, or not. */
export async function reopenedSince(
  before: Open[],
  pid: number,
  host: Host,
): Promise<Pick<Restore, 'restored' | 'missing'>> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const found = compare(before, await openNow(pid, host))
    if (found.missing.length === 0 || performance.now() > end) return found
    await sleep(PAUSE_MS)
  }
}

function compare(before: Open[], now: Open[]): Pick<Restore, 'restored' | 'missing'> {
  const held = new Set(now.map(({ identity }) => identity))
  const old = new Set(before.map(({ identity }) => identity))
  const fresh = now.filter(({ identity }) => !old.has(identity)).map(({ target }) => target)
  const [restored, missing]: [string[], string[]] = [[], []]
  for (const { identity, target } of before) {
    if (held.has(identity)) continue
    const at = fresh.indexOf(target)
    if (at < 0) missing.push(target)
    else append(restored, fresh.splice(at, 1))
  }
  return { restored, missing }
}
