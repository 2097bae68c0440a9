import type { Socket } from 'node:net'
import { onMessage } from './peer.js'

const METHOD = 1
const FRAME_END = 0xce
const CONNECTION = 10
const [START, START_OK, TUNE, OPEN, OPEN_OK, CLOSE, CLOSE_OK] = [10, 11, 30, 40, 41, 50, 51]

/** As much of AMQP 0-9-1 as a client needs to open its connection, and to close it. */
export function amqp(socket: Socket): void {
  const say = (method: number, ...fields: Buffer[]) => {
    socket.write(frame(Buffer.concat([short(CONNECTION), short(method), ...fields])))
  }
  onMessage(socket, lengthOf, (message) => {
    if (message.subarray(0, 4).toString() === 'AMQP')
      say(START, Buffer.from([0, 9]), int32(0), long('PLAIN'), long('en_US'))
    else if (message[0] === METHOD) {
      const method = message.readUInt16BE(9)
      // No limit on channels, frames of 128 KiB, and no heartbeats.
      if (method === START_OK) say(TUNE, short(0), int32(131_072), short(0))
      if (method === OPEN) say(OPEN_OK, Buffer.from([0]))
      if (method === CLOSE) say(CLOSE_OK)
    }
  })
}

/** The protocol's name is eight bytes; a frame is type, channel, length, content and end. */
function lengthOf(bytes: Buffer): number | null {
  if (bytes.length < 8) return null
  return bytes[0] === 'A'.charCodeAt(0) ? 8 : bytes.readUInt32BE(3) + 8
}

const frame = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([METHOD, 0, 0]), int32(content.length), content, Buffer.from([FRAME_END])])

const long = (text: string): Buffer => Buffer.concat([int32(text.length), Buffer.from(text)])

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
