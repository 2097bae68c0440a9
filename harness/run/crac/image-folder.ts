import { join } from 'node:path'
import { ENGINE_LOG } from '../../checkpoint/crac/engine-log.js'
import { isImage } from '../../checkpoint/crac/real-engine.js'
import type { Host } from '../../host/host.js'

/**
 * The folder that a real engine writes its image to, as it was before the checkpoint: in one that the user names an older
 * image may lie, and a JVM that was killed for another reason has not written that.
 */
export class ImageFolder {
  private constructor(
    private readonly path: string,
    private readonly host: Host,
    private readonly before: Map<string, string>,
  ) {}

  static async open(path: string, host: Host): Promise<ImageFolder> {
    return new ImageFolder(path, host, await statesOf(path, host))
  }

  /** The names of what has been written since. */
  async files(): Promise<string[]> {
    const now = await statesOf(this.path, this.host)
    // An engine writes the whole image anew: its log, which holds times, is never the same.
    if (now.get(ENGINE_LOG) !== this.before.get(ENGINE_LOG)) return [...now.keys()]
    return [...now].filter(([name, state]) => this.before.get(name) !== state).map(([name]) => name)
  }

  /** Whether a whole image has been written since. */
  async isWritten(): Promise<boolean> {
    return isImage(await this.files())
  }

  /** The engine's own log of this checkpoint; empty where there is none. */
  async log(): Promise<string> {
    const log = await readLog(this.path, this.host)
    return log === this.before.get(ENGINE_LOG) ? '' : log
  }
}

const readLog = (path: string, host: Host): Promise<string> =>
  host.readText(join(path, ENGINE_LOG)).catch(() => '')

async function statesOf(path: string, host: Host): Promise<Map<string, string>> {
  const states = new Map<string, string>()
  for (const name of await host.readdir(path).catch(() => [])) {
    const state = await host.stat(join(path, name)).catch(() => null)
    if (state !== null) states.set(name, `${state.ino} ${state.size}`)
  }
  if (states.has(ENGINE_LOG)) states.set(ENGINE_LOG, await readLog(path, host))
  return states
}
