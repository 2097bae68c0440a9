import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Report } from '../../harness/model/report.js'
import { run } from '../cli/command-line.js'
import { apps, check, given, leaks, left, podFile, podWith } from './cluster.js'

const ready = ['--ready', 'log=/READY/', '--timeout', '60']
const MINUTES = 180_000

const reportOf = (stdout: string): Report => JSON.parse(stdout) as Report

/** Kubelet takes its time to remove a pod. */
async function nothingLeft(): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    if ((await left()).length === 0) return
    await sleep(500)
  }
  expect(await left()).toEqual([])
}

afterEach(nothingLeft, MINUTES)

test(
  'a pod of an ordinary user without a shell tells the line, by the preloaded library, and is gone afterwards',
  async () => {
    const { code, stdout } = await check(podFile(podWith(leaks)), [...ready, '--json', '-'])
    const { verdict, blockers, evidence, app } = reportOf(stdout)
    expect([code, verdict, app.kind, evidence.tracer]).toEqual([1, 'blocked', 'container', 'preload'])
    expect(blockers.map(({ owner }) => owner?.frame)).toEqual([expect.stringContaining('FileInput.java')])
  },
  MINUTES,
)

test(
  'a deployment’s template, read-only and with all capabilities dropped; its labels are not taken',
  async () => {
    const tmp = { name: 'tmp', emptyDir: {} }
    const container = {
      ...leaks,
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        runAsUser: 4711,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      // It would end an app that is held.
      livenessProbe: { exec: { command: ['/no/such/program'] }, periodSeconds: 1, failureThreshold: 1 },
    }
    const labels = { app: 'orders' }
    const spec = podWith(container, { volumes: [tmp] })
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'orders' },
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: spec as never },
        },
      },
    })
    try {
      const { code, stdout, stderr } = await check('deployment/orders', [...ready, '--json', '-'])
      expect([code, stderr]).toEqual([1, expect.not.stringContaining('Error')])
      expect(reportOf(stdout).blockers.map(({ id }) => id)).toEqual(['file:leaks.FileInput.open'])
    } finally {
      await apps.deleteNamespacedDeployment({ name: 'orders', namespace: 'default' })
    }
  },
  MINUTES,
)

test(
  'readiness and warm-up reach a port of the pod through the sidecar program',
  async () => {
    const server = {
      name: 'web',
      image: given.images.root,
      imagePullPolicy: 'Never',
      command: ['java', '-m', 'jdk.httpserver', '-p', '8123', '-b', '127.0.0.1', '-d', '/app'],
      ports: [{ containerPort: 8123 }],
    }
    const { stdout } = await check(podFile(podWith(server)), [
      ...['--ready', 'http=http://localhost:8123/', '--warm-up', 'GET http://localhost:8123/ *3'],
      ...['--json', '-'],
    ])
    const { verdict, blockers, failure } = reportOf(stdout)
    expect([verdict, failure]).toEqual(['blocked', null])
    expect(blockers.map(({ kind }) => kind)).toContain('listening-socket')
  },
  MINUTES,
)

test(
  'an app of crac-preflight.yaml runs in a pod, too',
  async () => {
    const pod = podFile(podWith(leaks))
    const file = join(dirname(pod), 'crac-preflight.yaml')
    writeFileSync(file, `apps: { orders: { kubernetes: ${basename(pod)}, ready: { log: READY } } }`)
    const { code, stdout } = await run(['check', '--file', file, '--json', '-'], {
      env: { KUBECONFIG: given.admin },
      timeoutMs: 150_000,
    })
    expect([code, stdout]).toEqual([1, expect.stringContaining('"id": "file:leaks.FileInput.open"')])
  },
  MINUTES,
)

test(
  'a harness that is killed leaves no pod',
  async () => {
    let seen = ''
    const { code } = await check(podFile(podWith(leaks)), ['--ready', 'log=/never printed/'], {
      onStart: (child) => {
        child.stderr?.on('data', (text) => {
          seen += String(text)
          // The pod runs, and so does its app.
          if (seen.includes('preload')) child.kill('SIGKILL')
        })
      },
    })
    expect([code, seen]).toEqual([-1, expect.stringContaining('preload')])
    expect(await left()).not.toEqual([])
    await nothingLeft()
  },
  MINUTES,
)
