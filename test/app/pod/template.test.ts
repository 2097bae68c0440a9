import { expect, test } from 'vitest'
import { parseTemplate } from '../../../harness/app/pod/template.js'

const containers = 'containers: [{ name: app, image: "orders:1" }]'

test.for([
  ['a pod', `kind: Pod\nspec: { ${containers} }\n`],
  ['a template alone', `spec: { ${containers} }\n`],
  ['a PodTemplate', `kind: PodTemplate\ntemplate: { spec: { ${containers} } }\n`],
  ['a deployment', `kind: Deployment\nspec: { template: { spec: { ${containers} } } }\n`],
  [
    'a cron job',
    `kind: CronJob\nspec: { jobTemplate: { spec: { template: { spec: { ${containers} } } } } }\n`,
  ],
  ['the first of several', `# ours\n---\nkind: Pod\nspec: { ${containers} }\n---\nkind: Service\n`],
])('%s', ([, text]) => {
  expect(parseTemplate(text ?? '', 'pod.yaml').spec?.containers).toEqual([{ name: 'app', image: 'orders:1' }])
})

test.for([
  [
    'kind: Pod\nspec:\n  containers:\n  - name: app\n    image: [1]\n',
    'pod.yaml:5: the container needs an image',
  ],
  ['kind: Pod\nspec:\n  containers:\n  - image: orders\n', 'pod.yaml:4: the container needs a name'],
  ['kind: Pod\nspec:\n  containers: none\n', 'pod.yaml:3: spec.containers has to be a list of containers.'],
  [
    'kind: Deployment\nspec:\n  template:\n    spec: {}\n',
    'pod.yaml:4: spec.template.spec.containers has to be',
  ],
  ['\n\nkind: Service\n', 'pod.yaml:3: a Service has no pod template.'],
  [
    '---\nkind: Service\n---\nkind: Pod\n',
    'pod.yaml:2: a Service has no pod template, and only the first object',
  ],
  ['kind: Pod\nspec: {\n', 'pod.yaml:'],
  ['', 'pod.yaml:1: spec.containers has to be a list of containers.'],
  ['just text\n', 'pod.yaml:1: '],
])('what is wrong is told with its line: %j', ([text, words]) => {
  expect(() => parseTemplate(text ?? '', 'pod.yaml')).toThrow(words)
})
