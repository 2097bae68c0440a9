import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Run } from '../../../harness/run/scope/cancellation.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('the signal of a whole fleet keeps nothing of a step that is over', async () => {
  const all = new AbortController()
  const ends: (() => void)[] = []
  const steps = Array.from({ length: 8 }, () =>
    new Run('/nowhere', all.signal).step(new Promise<void>((resolve) => ends.push(resolve))),
  )
  expect(getEventListeners(all.signal, 'abort')).toHaveLength(8)
  collectGarbage()
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  for (const end of ends) end()
  await Promise.all(steps)
  expect(getEventListeners(all.signal, 'abort')).toHaveLength(0)
})

test('a step that is under way is given up with the signal’s own reason', async () => {
  const all = new AbortController()
  const step = new Run('/nowhere', all.signal).step(new Promise<never>(() => undefined))
  all.abort(new Error('enough'))
  await expect(step).rejects.toThrow('enough')
})
