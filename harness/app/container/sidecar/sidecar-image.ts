import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { AppError } from '../../../model/errors.js'
import { probesFolder } from '../../../host/package-root.js'
import type { Docker } from '../engine.js'
import { tar } from './tar.js'

const REPOSITORY = 'crac-preflight/sidecar'
const LABEL = 'crac-preflight.helper'
const PROGRAMS = ['sidecar', 'fdtrace']

/** An image of nothing but our two static programs, named after their contents: nothing is pulled for it. */
export class HelperImage {
  private constructor(
    readonly name: string,
    private readonly archive: Buffer,
  ) {}

  static async read(): Promise<HelperImage> {
    const files = await Promise.all(
      PROGRAMS.map(async (path) => ({
        path,
        mode: 0o755,
        content: await readFile(join(probesFolder, path)).catch(() => null),
      })),
    )
    const archive = tar(files.flatMap(({ content, ...file }) => (content ? [{ ...file, content }] : [])))
    if (!files[0]?.content)
      throw new AppError(
        'APP_NOT_STARTED',
        `The sidecar is not built for this machine: ${join(probesFolder, 'sidecar')} is not there. Run "npm run build" in a checkout of crac-preflight.`,
      )
    const hash = createHash('sha256').update(archive).digest('hex').slice(0, 16)
    return new HelperImage(`${REPOSITORY}:${hash}`, archive)
  }

  async import(docker: Docker): Promise<void> {
    const changes = ['ENTRYPOINT ["/sidecar"]', `LABEL ${LABEL}=sidecar`]
    // Podman 4 knows no tag beside the name; every engine reads one in it.
    const answer = await docker.importImage(Readable.from([this.archive]), { repo: this.name, changes })
    const told = await text(answer)
    if (told.includes('"errorDetail"'))
      throw new AppError('APP_NOT_STARTED', `The helper image can't be imported: ${told.trim()}`)
  }
}

/** Removes the helper images that no container uses; the next user imports its image again. */
export async function removeHelperImages(docker: Docker): Promise<void> {
  const images = await docker.listImages({ filters: { label: [LABEL] } })
  for (const { Id, RepoTags } of images)
    // The engine refuses while there is a container of it; another harness may remove it at the same time.
    await docker
      .getImage(RepoTags?.[0] ?? Id)
      .remove()
      .catch(() => undefined)
}
