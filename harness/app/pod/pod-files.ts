import { posix } from 'node:path'
import type { Host } from '../../host/host.js'
import type { Files } from '../container/image.js'

const MOST_LINKS = 40

/** The files of a container whose first process is held, as that process sees them. */
export class PodFiles implements Files {
  constructor(
    private readonly host: Host,
    private readonly pid: number,
  ) {}

  /** The path with links followed; null where nothing is. */
  async locate(path: string): Promise<string | null> {
    let rest = path.split('/').filter(Boolean)
    let found = '/'
    for (let links = 0; rest.length > 0;) {
      const [name = '', ...others] = rest
      const next = posix.join(found, name)
      const link = await this.host.readlink(this.there(next)).catch(() => null)
      if (link === null) [found, rest] = [next, others]
      else if (++links > MOST_LINKS) return null
      else
        [found, rest] = [
          posix.isAbsolute(link) ? '/' : found,
          [...link.split('/').filter(Boolean), ...others],
        ]
    }
    return await this.host.stat(this.there(found)).then(
      () => found,
      () => null,
    )
  }

  async read(path: string, encoding: BufferEncoding = 'utf8'): Promise<string> {
    const bytes = await this.host.readFile(this.there(path)).catch(() => null)
    return bytes?.toString(encoding) ?? ''
  }

  private there(path: string): string {
    return `/proc/${this.pid}/root${path}`
  }
}
