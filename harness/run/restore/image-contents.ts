import { createReadStream } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { imageFiles } from '../../checkpoint/criu/image.js'
import { largest } from '../../model/lists.js'
import type { SecretInImage } from '../../model/restoration.js'
import type { Secret } from './secrets.js'

/** What a look into an image tells: how small it can be made, and which secrets can be read in it. */
export interface ImageContents {
  compressedBytes: number
  secrets: SecretInImage[]
}

/** Reads an image once, file by file. */
export async function readImage(
  folder: string,
  secrets: readonly Secret[],
  signal: AbortSignal,
): Promise<ImageContents> {
  const found = new Set<Secret>()
  let compressedBytes = 0
  for (const file of await imageFiles(folder)) {
    const count = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        compressedBytes += chunk.length
        done()
      },
    })
    const search = new Search(secrets, found)
    const read = createReadStream(file, { highWaterMark: 1 << 20 })
    // Its fastest level: what is wanted is what a registry or a disk would take, not the least.
    await pipeline(read, (chunks) => search.through(chunks), createGzip({ level: 1 }), count, { signal })
  }
  return {
    compressedBytes,
    secrets: secrets.filter((secret) => found.has(secret)).map(({ name, from }) => ({ name, from })),
  }
}

/** Looks for values in a stream, also where two chunks meet. */
class Search {
  private readonly values: (readonly [Secret, Buffer])[]
  private readonly longest: number

  constructor(
    secrets: readonly Secret[],
    private readonly found: Set<Secret>,
  ) {
    this.values = secrets.map((secret) => [secret, Buffer.from(secret.value)] as const)
    this.longest = largest(this.values.map(([, value]) => value.length))
  }

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let end = Buffer.alloc(0)
    for await (const chunk of chunks) {
      const open = this.values.filter(([secret]) => !this.found.has(secret))
      const seen = open.length === 0 ? chunk : Buffer.concat([end, chunk])
      for (const [secret, value] of open) if (seen.includes(value)) this.found.add(secret)
      end = Buffer.from(seen.subarray(Math.max(0, seen.length - this.longest + 1)))
      yield chunk
    }
  }
}
