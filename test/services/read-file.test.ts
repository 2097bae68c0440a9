import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../../harness/model/errors.js'
import { findServicesFile, readServicesFile } from '../../harness/services/read-file.js'
import { selectNames } from '../../harness/services/select.js'
import { toService } from '../../harness/services/service.js'

const folder = mkdtempSync(join(tmpdir(), 'services-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const path = join(folder, 'crac-preflight.yaml')

function read(text: string, environment = {}) {
  writeFileSync(path, text)
  return readServicesFile(path, environment)
}

function refusal(text: string): string {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message.replaceAll(path, 'FILE')
  }
  throw new Error('it was not refused')
}

const app = (text: string) => `apps:\n  orders:\n    command: java -jar orders.jar\n    ${text}\n`

test.for([
  [
    'a key that is misspelt',
    app('redy: spring'),
    'FILE:4:5: apps.orders.redy: there is no key "redy" here. Did you mean "ready"?',
  ],
  [
    'a misspelt key at the top',
    'baselin: x\napps: {}',
    'FILE:1:1: baselin: there is no key "baselin" here. Did you mean "baseline"?',
  ],
  [
    'a key of a nested form',
    app('ready: { prot: 8080 }'),
    'FILE:4:14: apps.orders.ready.prot: there is no key "prot" here. Did you mean "port"?',
  ],
  [
    'a number that is text',
    app('ready: { port: many }'),
    'FILE:4:20: apps.orders.ready.port: give a number; this is text',
  ],
  [
    'a word that is none of those',
    app('trace: epbf'),
    'FILE:4:12: apps.orders.trace: "epbf" is none of auto, ebpf, preload, both, none. Did you mean "ebpf"?',
  ],
  [
    'an unknown framework',
    app('ready: sprnig'),
    'FILE:4:12: apps.orders.ready: it can\'t be "sprnig". Use log=/REGEX/',
  ],
  [
    'a time that is none',
    app('timeout: soon'),
    'FILE:4:14: apps.orders.timeout: give a time like 90s, 500ms or 2m',
  ],
  [
    'a request deep in a list',
    app('warm-up:\n      - GET /\n      - url: /orders\n        repeat: often'),
    'FILE:7:17: apps.orders.warm-up.1.repeat: give a number; this is text',
  ],
  [
    'an app that has nothing to run',
    'apps:\n  orders:\n    ready: spring',
    'FILE:3:5: apps.orders: give it a command, an image, or a pod template as kubernetes',
  ],
  [
    'an option for containers',
    app('ports: [8080]'),
    'FILE:4:12: apps.orders.ports: ports is for an app with an image or kubernetes',
  ],
  [
    'an option for containers that a pod has in its template',
    'apps:\n  orders:\n    kubernetes: pod.yaml\n    memory: 1g',
    'FILE:4:13: apps.orders.memory: memory is for an app with an image',
  ],
  [
    'an option for pods',
    app('namespace: shop'),
    'FILE:4:16: apps.orders.namespace: namespace is for an app with kubernetes',
  ],
  [
    'an app in two places',
    'apps:\n  orders:\n    image: acme/orders\n    kubernetes: pod.yaml',
    'FILE:3:5: apps.orders: image and kubernetes name two apps',
  ],
  [
    'a quote without an end',
    'apps:\n  orders:\n    command: java -jar "orders.jar',
    'FILE:3:14: apps.orders.command: a quote has no end',
  ],
  [
    'a variable that nobody has set',
    app('env: { URL: "${DB_URL}" }'),
    'FILE:4:17: apps.orders.env.URL: the environment has no DB_URL. Set it, or give a default: ${DB_URL:-…}',
  ],
  ['YAML that is none', 'apps:\n  orders: [', 'FILE:2:12: '],
  ['a file without apps', 'jobs: 2', 'FILE:1:1: "apps" is missing'],
] as const)('%s is refused at its line', ([, text, said]) => {
  expect(refusal(text)).toContain(said)
})

test('a refusal shows the line, and each further one has its own', () => {
  expect(refusal(app('redy: spring\n    trace: x'))).toBe(
    [
      'FILE:4:5: apps.orders.redy: there is no key "redy" here. Did you mean "ready"?',
      'FILE:5:12: apps.orders.trace: "x" is none of auto, ebpf, preload, both, none.',
      '',
      '  2 |   orders:',
      '  3 |     command: java -jar orders.jar',
      '  4 |     redy: spring',
      '    |     ^',
    ].join('\n'),
  )
})

test('paths count from the file, defaults hold for each app, anchors and variables are filled in', () => {
  const file = read(
    `x-common: &common { env: { TZ: UTC } }
defaults: { timeout: 2m, env: { PROFILE: ci }, accept: ['file:ch.qos.logback'] }
apps:
  orders:
    <<: *common
    command: java -jar "target/my orders.jar" --url=\${DB_URL:-none} '$plain' $\${kept}
    cwd: services/orders
    ready: { log: Started Orders }
    expect: { blocked-by: ['socket:*'] }
    warm-up: GET /orders *3
  payments:
    image: acme/payments
    ports: [8080]
    binds: ['./data:/data:ro']
    memory: 512m
    timeout: 500ms
  stock:
    kubernetes: k8s/stock.yaml
    container: app
    ports: [8080]
  billing:
    kubernetes: deployment/billing
    namespace: shop
    command: java -jar /app.jar
`,
    { DB_URL: 'jdbc:h2' },
  )
  expect(toService(file, 'orders')).toMatchObject({
    name: 'orders',
    spec: {
      name: 'orders',
      command: ['java', '-jar', 'target/my orders.jar', '--url=jdbc:h2', '$plain', '${kept}'],
      cwd: join(folder, 'services', 'orders'),
      env: { PROFILE: 'ci', TZ: 'UTC' },
      ready: { log: /Started Orders/ },
      timeoutMs: 120_000,
    },
    expect: { blockedBy: ['socket:*'] },
    tolerate: ['file:ch.qos.logback'],
    options: { warmUp: expect.any(Function) as unknown },
  })
  expect(toService(file, 'payments').spec).toMatchObject({
    image: 'acme/payments',
    ports: [8080],
    binds: [{ source: join(folder, 'data'), target: '/data', mode: 'ro' }],
    memory: 512 * 2 ** 20,
    timeoutMs: 500,
  })
  const stock = join(folder, 'k8s', 'stock.yaml')
  expect(toService(file, 'stock').spec).toMatchObject({ kubernetes: stock, container: 'app', ports: [8080] })
  expect(toService(file, 'billing').spec).toMatchObject({
    kubernetes: 'deployment/billing',
    namespace: 'shop',
    command: ['java', '-jar', '/app.jar'],
  })
})

test('the nearest file upwards is taken', () => {
  read('apps: {}')
  const below = join(folder, 'a', 'b')
  mkdirSync(below, { recursive: true })
  expect(findServicesFile(below)).toBe(path)
  expect(findServicesFile('/proc')).toBeNull()
})

test('apps are meant by name or glob, and one that is not there is told with the nearest', () => {
  const file = read('apps: { orders: { image: a }, payments: { image: b }, payroll: { image: c } }')
  expect(selectNames(file, [])).toEqual(['orders', 'payments', 'payroll'])
  expect(selectNames(file, ['pay*', 'orders'])).toEqual(['orders', 'payments', 'payroll'])
  expect(() => selectNames(file, ['ordres'])).toThrow(/has no app "ordres"\. Did you mean "orders"\?/)
})
