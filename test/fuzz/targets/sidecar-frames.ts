import { Duplex } from 'node:stream'
import { SidecarConnection } from '../../../harness/app/container/sidecar/connection.js'
import type { Target } from '../target.js'

/** A frame as `probes/sidecar` sends it. */
function frame(id: number, kind: string, payload: string): Buffer {
  const header = Buffer.alloc(9)
  header.writeUInt32LE(payload.length, 0)
  header.writeUInt32LE(id, 4)
  header.write(kind, 8, 'latin1')
  return Buffer.concat([header, Buffer.from(payload)])
}

/** Whatever comes: each request is answered or fails, and each channel ends. */
export const sidecarFrames: Target = {
  name: 'sidecar-frames',
  seeds: [
    Buffer.concat([frame(1, '=', 'x'), frame(2, '=', ''), frame(2, '1', 'out'), frame(2, '2', 'err')]),
    Buffer.concat([frame(1, '!', 'ENOENT'), frame(2, '!', 'EIO'), frame(3, '1', '')]),
    Buffer.concat([frame(2, '=', ''), frame(2, '2', 'err'), frame(2, '.', 'signal 9'), frame(1, '=', 'y')]),
  ],
  run: async (input) => {
    const wire = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
    const connection = new SidecarConnection(
      Object.assign(wire, { ref: () => wire, unref: () => wire }),
      // What an engine puts around each piece has been taken off.
      (frames) => void wire.pipe(frames),
      'The sidecar has ended.',
    )
    const asked = connection.ask('read', '/x').catch(() => undefined)
    const channel = connection.open('run', '/x')
    channel.resume().on('error', () => undefined)
    channel.stderr.resume()
    const [ended, closed] = [
      channel.ended.catch(() => undefined),
      new Promise((resolve) => channel.once('close', resolve)),
    ]
    for (const at of [0, input.length >> 2, input.length >> 1])
      wire.push(input.subarray(at, at === 0 ? input.length >> 2 : at * 2))
    wire.push(null)
    await Promise.all([connection.gone, asked, ended])
    channel.destroy()
    await closed
  },
}
