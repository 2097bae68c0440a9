/** Lets only one set-up of this checkout run at a time. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { root, say, SetupError } from './run.mjs'

// An abstract socket: the kernel frees the name when its holder dies, so no stale lock can be left behind.
const name = `\0crac-preflight-${createHash('sha256').update(root).digest('hex').slice(0, 32)}`

function tryLock() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(name, () => resolve(server))
  })
}

/** Waits, at most half an hour, until no other set-up of this checkout runs; then does the work. */
export async function withLock(work) {
  const deadline = Date.now() + 30 * 60_000
  let lock = await tryLock()
  if (lock === null) say('waiting for another set-up of this checkout')
  while (lock === null) {
    if (Date.now() > deadline)
      throw new SetupError('another set-up has been running for half an hour; end it first')
    await setTimeout(200)
    lock = await tryLock()
  }
  try {
    await work()
  } finally {
    lock.close()
  }
}
