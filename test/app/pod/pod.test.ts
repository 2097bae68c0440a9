import type { V1PodTemplateSpec } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { containerOf, podOf, probesOf } from '../../../harness/app/pod/pod.js'

const template: V1PodTemplateSpec = {
  metadata: { labels: { app: 'orders' }, annotations: { team: 'blue' } },
  spec: {
    hostPID: true,
    serviceAccountName: 'orders',
    initContainers: [{ name: 'wait', image: 'wait:1' }],
    containers: [
      {
        name: 'app',
        image: 'orders:1',
        command: ['java'],
        args: ['-jar', 'app.jar'],
        env: [{ name: 'PROFILE', value: 'test' }],
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        livenessProbe: { httpGet: { port: 8080 } },
        readinessProbe: { httpGet: { port: 8080 } },
        startupProbe: { httpGet: { port: 8080 } },
        lifecycle: { postStart: { sleep: { seconds: 1 } } },
      },
      { name: 'proxy', image: 'proxy:1', livenessProbe: { httpGet: { port: 1 } } },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  },
}
const plan = { name: 'crac-preflight-1', gate: '/p/gate', probes: ['linux-x64/gate'], deadlineSeconds: 60 }

test('the pod is the template’s, with the gate as the command of one container, and nobody else’s', () => {
  const before = structuredClone(template)
  const { metadata, spec } = podOf(template, plan)
  expect(template).toEqual(before)
  expect(metadata).toEqual({
    name: 'crac-preflight-1',
    labels: { 'app.kubernetes.io/managed-by': 'crac-preflight' },
    annotations: { team: 'blue' },
  })
  expect(spec).toMatchObject({
    restartPolicy: 'Never',
    activeDeadlineSeconds: 60,
    shareProcessNamespace: false,
    serviceAccountName: 'orders',
    initContainers: [{ name: 'wait', image: 'wait:1' }],
  })
  expect(spec).not.toHaveProperty('hostPID')
  const [app, proxy] = spec?.containers ?? []
  expect(app).toEqual({
    name: 'app',
    image: 'orders:1',
    command: ['/p/gate', '--from', '/.crac-preflight/run/command'],
    env: [{ name: 'PROFILE', value: 'test' }],
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'crac-preflight-probes', mountPath: '/.crac-preflight/probes', readOnly: true },
      { name: 'crac-preflight-run', mountPath: '/.crac-preflight/run' },
      { name: 'crac-preflight-image', mountPath: '/.crac-preflight/run/image' },
    ],
  })
  expect(proxy).toEqual(template.spec?.containers[1])
  expect(spec?.volumes?.map(({ name }) => name)).toEqual([
    'tmp',
    'crac-preflight-probes',
    'crac-preflight-run',
    'crac-preflight-image',
  ])
})

test('the probes belong to the pod, under keys that a ConfigMap takes', () => {
  const pod = podOf(template, plan)
  pod.metadata = { ...pod.metadata, uid: 'u-1' }
  const map = probesOf(pod, new Map([['linux-x64/gate', Buffer.from([0, 255])]]))
  expect(map.metadata?.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Pod', name: 'crac-preflight-1', uid: 'u-1' },
  ])
  expect(map.binaryData).toEqual({ 'linux-x64.gate': 'AP8=' })
  const [volume] = pod.spec?.volumes?.filter(({ configMap }) => configMap) ?? []
  expect(volume?.configMap?.items).toEqual([{ key: 'linux-x64.gate', path: 'linux-x64/gate' }])
})

test('another container can be named, and one that is not there is told with those that are', () => {
  expect(containerOf(template, 'proxy').image).toBe('proxy:1')
  expect(podOf(template, { ...plan, container: 'proxy' }).spec?.containers[1]?.command?.[0]).toBe('/p/gate')
  expect(() => containerOf(template, 'db')).toThrow(
    'no container "db" in the pod template. It has app, proxy.',
  )
})
