import type { Socket } from 'node:net'

/** As much of Redis as a client needs that asks whether it is there, in version 2 of the protocol. */
export function redis(socket: Socket): void {
  socket.on('data', (bytes) => {
    const words = String(bytes).split('\r\n')
    // Each command is an array, `*2`, of strings, each `$4` and the string itself; a client may send several at once.
    words.forEach((word, i) => {
      if (word.startsWith('*')) socket.write(answerTo(words[i + 2]?.toUpperCase()))
    })
  })
}

function answerTo(command: string | undefined): string {
  if (command === 'PING') return '+PONG\r\n'
  return command === 'HELLO' ? '-ERR unknown command\r\n' : '+OK\r\n'
}
