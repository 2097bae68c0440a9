import { join } from 'node:path'
import { scenario } from 'crac-preflight/vitest'

const port = Number(process.env.PORT ?? 8080)

scenario('orders', {
  app: {
    command: ['java', `-Dport=${port}`, '-jar', 'target/orders.jar'],
    cwd: join(import.meta.dirname, '..', 'maven'),
  },
  ready: { port },
  // Known, and not mended yet; take one out, and the test fails with its Java line.
  expect: {
    blockedBy: [
      'file:com.example.Orders.main',
      'listening-socket:com.example.Orders.main',
      'selector:com.example.Orders.main',
    ],
  },
})
