import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { reportsSchema } from '../../reports/json.js'
import { run } from '../cli/command-line.js'
import { bpf } from '../support/bpf.js'
import { needing } from '../support/capability.js'
import { docker, engine, image, inventory } from '../support/docker.js'
import { compileJava, fixture } from '../support/java.js'

const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)

needing(engine, bpf)('apps of a file run in containers as their keys say, two at a time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'services-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const at = (name: string): string => join(folder, name)
  const before = await inventory()
  const label = `services-${process.pid}`
  symlinkSync(classes, at('classes'))
  writeFileSync(
    at('crac-preflight.yaml'),
    `defaults: { image: ${image('user')} }
apps:
  web:
    command: -cp /classes Web
    binds: ['./classes:/classes:ro']
    ports: [8080]
    ready: { http: 'http://localhost:8080/' }
    env: [GREETING=hello]
    tmpfs: [/tmp]
    labels: { com.example.test: ${label} }
    memory: 512m
    read-only: true
    user: 1000
    init: true
    warm-up:
      - GET / *2
      - run: printf %s "$CRAC_PREFLIGHT_URL" > url; while test ! -e seen; do sleep 0.1; done
  leaky: { command: [-cp, /app, leaks.Main, FileInput], ready: { log: READY }, accept: ['file:*'] }
jobs: 2
outputs: { json: all.json }
`,
  )
  const checked = run(['check', '--file', at('crac-preflight.yaml')], { timeoutMs: 120_000 })
  void checked.then(() => {
    writeFileSync(at('seen'), '')
  })
  // While the warm-up waits, the container is as it is to be.
  await expect.poll(() => existsSync(at('url')) || existsSync(at('seen')), { timeout: 100_000 }).toBe(true)
  const dockerd = await docker()
  const [row] = await dockerd.listContainers({ filters: { label: [`com.example.test=${label}`] } })
  const { Config, HostConfig } = await dockerd.getContainer(row?.Id ?? '').inspect()
  writeFileSync(at('seen'), '')
  expect(Config).toMatchObject({ User: '1000', Env: expect.arrayContaining(['GREETING=hello']) as unknown })
  expect(HostConfig).toMatchObject({
    Memory: 512 << 20,
    ReadonlyRootfs: true,
    Init: true,
    Tmpfs: { '/tmp': expect.any(String) as unknown },
  })

  const { code, stdout, stderr } = await checked
  expect(code, stdout + stderr).toBe(1)
  expect(readFileSync(at('url'), 'utf8')).toMatch(/^http:\/\/127\.0\.0\.1:\d+/)
  const { reports } = reportsSchema.parse(JSON.parse(readFileSync(at('all.json'), 'utf8')))
  const frames = reports.map(({ scenario, app, blockers }) => [
    scenario,
    app.image,
    blockers.map(({ owner }) => owner?.frame.replace(/\(.*/, '')),
  ])
  expect(frames).toEqual([
    // Its listening socket, and the selector that it is registered with.
    ['web', image('user'), ['Web.main', 'Web.main']],
    ['leaky', image('user'), ['leaks.FileInput.open']],
  ])
  expect(stdout).toMatch(/^2 apps: 1 blocked, 1 accepted$/m)
  expect(await inventory()).toEqual(before)
})
