#!/usr/bin/env node
/**
 * `node bench/containers.mjs [--pairs N]`: what gate, tracer and profiler cost a container, from its creation until the
 * app in it is ready, in paired runs; the last of each round is the A/A control: the noise. Needs `npm test` once.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closeContainerTests, openContainerTests } from '../scripts/docker/tests.mjs'
import { root } from '../scripts/setup/run.mjs'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '7' } } })
const { host, refusal, images } = await openContainerTests(process.pid)
if (refusal !== null) throw new Error(refusal)
process.env.DOCKER_HOST = host
const { bootApp: boot } = await import('../dist/harness/run/boot.js')
const { GenericContainer, Wait } = await import('testcontainers')

const jar = {
  source: join(root, 'scenarios/spring-boot-web/target/orders.jar'),
  target: '/orders.jar',
  mode: 'ro',
}
const command = ['java', '-jar', '/orders.jar', '--orders.folder=/tmp']
const ready = /Started .* in/

async function plain() {
  const container = new GenericContainer(images.root)
    .withAutoCleanup(false)
    .withBindMounts([jar])
    .withCommand(command)
    .withWaitStrategy(Wait.forLogMessage(ready))
  const begin = performance.now()
  const started = await container.start()
  const ms = performance.now() - begin
  await started.stop()
  return ms
}

async function observed() {
  const begin = performance.now()
  const app = await boot({ image: images.root, binds: [jar], command, ready: { log: ready } })
  const ms = performance.now() - begin
  await app.stop()
  return ms
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

try {
  await observed()
  const runs = { plain, observed, 'A/A': plain }
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]))
  for (let i = 0; i < Number(values.pairs); i++)
    for (const [name, run] of Object.entries(runs)) times[name].push(await run())
  console.log(`spring-boot-web in a container, creation to ready, ${values.pairs} pairs`)
  for (const name of Object.keys(runs)) {
    const ratios = times[name].map((ms, i) => ms / times.plain[i])
    const spread = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`
    console.log(
      `  ${name.padEnd(9)} ${median(times[name]).toFixed(0)} ms, ratio ${median(ratios).toFixed(2)} (${spread})`,
    )
  }
} finally {
  await closeContainerTests(process.pid)
}
