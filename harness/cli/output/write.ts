import { constants, open, stat, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { STANDARD_STREAM } from '../options.js'

/** Writes a text to a file, a device, a FIFO that somebody reads, or standard output; fails where all of it did not arrive. */
export async function writeTarget(target: string, text: string): Promise<void> {
  if (target === STANDARD_STREAM) await print(process.stdout, text)
  else if ((await stat(target).catch(() => null))?.isFIFO()) await writeFifo(target, text)
  else await writeFile(target, text)
}

/** Prints on a stream. A reader that has left, like `head`, has what it wanted: that is no failure. */
export function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error || isBrokenPipe(error)) resolve()
      else reject(error)
    })
  })
}

/** Each print learns of its own failure; without a listener the process would end for it, too. */
export function keepOnBrokenStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

const isBrokenPipe = (error: Error): boolean => (error as NodeJS.ErrnoException).code === 'EPIPE'

/** To open a FIFO waits for its reader, unless it is asked not to. */
async function writeFifo(path: string, text: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO')
      throw new Error('nobody reads this FIFO', { cause: error })
    throw error
  })
  try {
    await new Promise<void>((resolve, reject) => {
      const socket = new Socket({ fd: handle.fd, readable: false, writable: true })
      socket.on('error', reject)
      socket.end(text, resolve)
    })
  } finally {
    await handle.close().catch(() => undefined)
  }
}
