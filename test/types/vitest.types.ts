import { expect } from 'vitest'
import { scenario, test, type Expectation, type ScenarioSpec } from 'crac-preflight/vitest'

const spec: ScenarioSpec = {
  app: { command: ['java'] },
  ready: { http: 'http://localhost:8080/' },
  warmUp: async (app) => {
    await app.fetch('/orders')
  },
  expect: { blockedBy: ['file:a.B'] },
}
scenario('orders', spec)
scenario.skip('orders, not now', spec)
scenario.only('orders, and nothing else', spec)
scenario.each(['17', '21'])('orders on %s', (release) => ({ ...spec, app: { image: `orders:${release}` } }))
const expectation: Expectation = 'checkpointable'
export { expectation }

test('long form', async ({ boot }) => {
  const app = await boot({ command: ['java'], ready: { port: 80 } })
  await expect(app).toBeCheckpointable()
  await expect(app).toBeBlockedBy('file:a.B')
  await expect(app).toRestore()
})

// @ts-expect-error An expectation has known words.
scenario('orders', { ...spec, expect: 'fine' })
