import type * as Kubernetes from '@kubernetes/client-node'
import { loadOptional, UsageError } from '../../model/errors.js'

/** Which cluster is meant, and where in it. */
export interface ClusterChoice {
  /** Of the kubeconfig; its current one by default. */
  context?: string | undefined
  /** That of the context by default. */
  namespace?: string | undefined
}

/** What is asked of a cluster, in one namespace. */
export interface Cluster {
  core: Kubernetes.CoreV1Api
  apps: Kubernetes.AppsV1Api
  exec: Kubernetes.Exec
  log: Kubernetes.Log
  namespace: string
  /** Its address, for errors. */
  server: string
  context: string
}

/**
 * The cluster of the user's kubeconfig (`KUBECONFIG`, `~/.kube/config`), or the one that the harness itself is a pod of.
 * Nothing is asked of it yet.
 * @throws UsageError where the client library is not installed, or the kubeconfig names no such cluster.
 */
export async function openCluster(choice: ClusterChoice): Promise<Cluster> {
  const { AppsV1Api, CoreV1Api, Exec, KubeConfig, Log } = await loadClient()
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (error) {
    throw new UsageError(
      `The kubeconfig can't be read: ${(error as Error).message}. Correct it, or KUBECONFIG.`,
      {
        cause: error,
      },
    )
  }
  if (choice.context !== undefined) {
    const known = config.getContexts().map(({ name }) => name)
    if (!known.includes(choice.context))
      throw new UsageError(
        `There is no context "${choice.context}" in the kubeconfig. It has ${known.join(', ') || 'none'}.`,
      )
    config.setCurrentContext(choice.context)
  }
  const context = config.getContextObject(config.getCurrentContext())
  const server = config.getCurrentCluster()?.server
  // Where there is no kubeconfig the client library names this machine.
  if (server === undefined || config.getCurrentContext() === 'loaded-context')
    throw new UsageError(
      'There is no cluster to ask: no kubeconfig was found, or its current context has none. Set KUBECONFIG, or name a context with --context.',
    )
  return {
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    exec: new Exec(config),
    log: new Log(config),
    namespace: choice.namespace ?? context?.namespace ?? 'default',
    server,
    context: config.getCurrentContext(),
  }
}

/** Only a check of a pod needs it. */
const loadClient = (): Promise<typeof Kubernetes> =>
  loadOptional(
    () => import('@kubernetes/client-node'),
    'A pod is checked through Kubernetes’ own client, which is not installed here. Install it: npm i -D @kubernetes/client-node',
  )
