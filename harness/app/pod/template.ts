import { readFile } from 'node:fs/promises'
import type { V1PodTemplateSpec } from '@kubernetes/client-node'
import { isMap, isSeq, LineCounter, parseAllDocuments, Document } from 'yaml'
import { UsageError } from '../../model/errors.js'
import { deploymentOf } from '../spec.js'
import type { Cluster } from './client.js'
import { refusal, statusOf } from './refusal.js'

/** The pod template that `deployment/NAME` of the cluster, or else a file, describes. */
export async function readTemplate(named: string, cluster: Cluster): Promise<V1PodTemplateSpec> {
  const deployment = deploymentOf(named)
  if (deployment !== undefined) return await templateOf(deployment, cluster)
  const text = await readFile(named, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `--kubernetes can't be "${named}": ${(error as Error).message}. Give a file with a pod template, or deployment/NAME.`,
      { cause: error },
    )
  })
  return parseTemplate(text, named)
}

async function templateOf(name: string, cluster: Cluster): Promise<V1PodTemplateSpec> {
  const { namespace } = cluster
  try {
    const { spec } = await cluster.apps.readNamespacedDeployment({ name, namespace })
    return spec?.template ?? {}
  } catch (error) {
    if (statusOf(error) === 404)
      throw new UsageError(
        `There is no deployment "${name}" in the namespace ${namespace} of ${cluster.server}. Correct its name, or give its namespace with --namespace.`,
        { cause: error },
      )
    throw refusal(cluster, `The deployment ${name} can't be read`, error)
  }
}

/** Where the pod's spec stands in objects of each kind. */
const PATHS: Partial<Record<string, string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}
const OF_WORKLOAD = ['spec', 'template']
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']

/**
 * A pod template from YAML: a pod, the template alone, or an object that has one, the first of them in the file.
 * @throws UsageError with file and line.
 */
export function parseTemplate(text: string, file: string): V1PodTemplateSpec {
  const lines = new LineCounter()
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })] as Document[]
  const document = documents[0] ?? new Document()
  const wrong = (offset: number, what: string): never => {
    throw new UsageError(`${file}:${lines.linePos(offset).line}: ${what}`)
  }
  const [error] = document.errors
  if (error) wrong(error.pos[0], error.message)
  const kind = isMap(document.contents) ? document.get('kind') : undefined
  const name = typeof kind === 'string' ? kind : 'nameless object'
  const path =
    kind === undefined
      ? []
      : (PATHS[name] ??
        (WORKLOADS.includes(name)
          ? OF_WORKLOAD
          : wrong(
              offsetOf(document, ['kind']),
              `a ${name} has no pod template${documents.length > 1 ? ', and only the first object of a file is read' : ''}. Give a Pod, a pod template, or one of ${WORKLOADS.join(', ')}, CronJob.`,
            )))
  const containers = document.getIn([...path, 'spec', 'containers'], true)
  if (!isSeq(containers) || containers.items.length === 0)
    return wrong(
      offsetOf(document, [...path, 'spec', 'containers']),
      `${[...path, 'spec.containers'].join('.')} has to be a list of containers.`,
    )
  containers.items.forEach((container, nth) => {
    const at = [...path, 'spec', 'containers', nth]
    if (!isMap(container)) wrong(offsetOf(document, at), 'a container has to have a name and an image.')
    for (const key of ['name', 'image'])
      if (typeof document.getIn([...at, key]) !== 'string')
        wrong(
          offsetOf(document, [...at, key]),
          `the container needs ${key === 'name' ? 'a name' : 'an image'}, a text.`,
        )
  })
  return path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    document.toJS(),
  ) as V1PodTemplateSpec
}

/** Where a value stands, or the nearest one around it that is there. */
function offsetOf(document: Document, path: (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = (length === 0 ? document.contents : document.getIn(path.slice(0, length), true)) as {
      range?: [number, number, number]
    } | null
    if (node?.range) return node.range[0]
  }
  return 0
}
