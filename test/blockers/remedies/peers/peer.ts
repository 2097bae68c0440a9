import { createServer, type Server, type Socket } from 'node:net'

/** A server that programs talk to. */
export interface Peer {
  port: number
  stop: () => Promise<void>
}

/** Starts a server on a port of its own, which says to each client what `talk` writes. */
export const serve = (talk: (socket: Socket) => void): Promise<Peer> => start(createServer(talk))

/** Lets a server listen; its connections end with it. */
export async function start(server: Server): Promise<Peer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    // A program that is ended resets its connections.
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  })
  const port = await listening(server)
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
}

/** Calls back with each message of a client, whose length `lengthOf` tells where enough of it has come. */
export function onMessage(
  socket: Socket,
  lengthOf: (bytes: Buffer) => number | null,
  each: (message: Buffer) => void,
): void {
  let waiting = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes])
    for (;;) {
      const length = lengthOf(waiting)
      if (length === null || waiting.length < length) return
      const message = waiting.subarray(0, length)
      waiting = waiting.subarray(length)
      each(message)
    }
  })
}
