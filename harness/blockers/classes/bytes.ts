import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'

/** A run of bytes that can be read at an offset: a file, a part of one, or memory. */
export interface Bytes {
  readonly size: number
  read(offset: number, length: number): Promise<Buffer>
}

/** A file that is opened for each read only: an app with hundreds of jars must not cost hundreds of descriptors. */
export async function fileBytes(path: string, host: Host = localHost): Promise<Bytes> {
  const { size } = await host.stat(path)
  return {
    size,
    read(offset, length) {
      checkRange(size, offset, length)
      return host.read(path, offset, length)
    },
  }
}

/** A part of other bytes, such as a jar that lies uncompressed inside a jar. */
export function partOf(whole: Bytes, start: number, size: number): Bytes {
  checkRange(whole.size, start, size)
  return {
    size,
    read(offset, length) {
      checkRange(size, offset, length)
      return whole.read(start + offset, length)
    },
  }
}

/** Bytes that are in memory already. */
export function memoryBytes(buffer: Buffer): Bytes {
  return {
    size: buffer.length,
    read(offset, length) {
      checkRange(buffer.length, offset, length)
      return Promise.resolve(buffer.subarray(offset, offset + length))
    },
  }
}

// Offsets and lengths come from the files themselves: a broken one must not make us ask for gigabytes.
function checkRange(size: number, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size))
    throw new RangeError(`${length} bytes at ${offset} lie outside of ${size}`)
}
