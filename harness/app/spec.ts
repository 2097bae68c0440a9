import { launcherAt, parseJavaCommandLine } from '../jvm/java-command-line.js'
import type { Ready } from './ready.js'

/** What is said of an app wherever it runs. */
export interface AppSettings {
  /** The name that the report and the test cases carry; by default that of the jar, the main class or the image. */
  name?: string
  /** Added to the environment of the harness, or of the image. */
  env?: Record<string, string>
  /** JVM options, put before the app's own. */
  jdkOptions?: string[]
  /** Which JVM is meant where the app starts several: a word of its command line, such as the main class or the jar. */
  mainClass?: string
  /** The app's working folder; in a container the image's own unless given. */
  cwd?: string
  ready?: Ready
  /** How long the app may take to be ready, in milliseconds; 60,000 by default. */
  timeoutMs?: number
  /** How much of what the app prints is kept, in bytes: the newest 64 MiB by default. */
  maxOutputBytes?: number
  /** Names whose values are masked in reports and logs, beside those that are known for secrets; `*` stands for anything. */
  mask?: readonly string[]
}

/** An app that runs beside the harness. */
export interface LocalApp extends AppSettings {
  /** The `java` launcher with its arguments, or a script that ends up running one JVM. */
  command: string[]
  image?: undefined
  container?: undefined
  kubernetes?: undefined
}

/** What a container may have beside its image; the names are Docker's. */
export interface ContainerOptions {
  /** Ports of the app to be reached from here, on the loopback address only; see `RunningApp.url`. */
  ports?: number[]
  user?: string
  binds?: { source: string; target: string; mode?: 'ro' | 'rw' }[]
  /** Folders in memory with their mount options: `{ '/tmp': 'size=64m' }`. */
  tmpfs?: Record<string, string>
  /** The name of a network, such as `(await new Network().start()).getName()`. */
  network?: string
  networkAliases?: string[]
  labels?: Record<string, string>
  /** A read-only root file system. */
  readOnly?: boolean
  /** An init process as pid 1. */
  init?: boolean
  /** How much memory the container may use, in bytes. */
  memory?: number
  /** `missing`: the image is pulled where it is not there, `always`: in any case. */
  pullPolicy?: 'missing' | 'always'
}

/** A `GenericContainer` of testcontainers. Its type is not named, so that who checks no image needs no testcontainers. */
export interface ConfiguredContainer {
  withName: (name: string) => unknown
  start: () => Promise<unknown>
}

/** An app in a container of its own. */
export interface ContainerApp extends AppSettings, ContainerOptions {
  image: string
  /** Instead of the image's CMD; its ENTRYPOINT stays. */
  command?: string[]
  /** A configured container of testcontainers for what has no option here; `image` names it in the report. */
  container?: ConfiguredContainer
  kubernetes?: undefined
}

/** An app in a pod of its own, made of a pod template. */
export interface PodApp extends AppSettings {
  /** A file with the pod template, or `deployment/NAME` of the cluster. */
  kubernetes: string
  /** What the container runs, entry point and arguments; by default the template's `command` and `args`. */
  command?: string[]
  /** Which container of the template is the app's; the first unless given. */
  container?: string
  /** Of the kubeconfig; its current one by default. */
  context?: string
  /** That of the context by default. */
  namespace?: string
  /** Ports of the app to be reached from here; those that the template names by default. */
  ports?: number[]
  image?: undefined
}

/** What to run and when it counts as ready: the configured app, of which nothing has started. */
export type AppSpec = LocalApp | ContainerApp | PodApp

/** Whether the app runs in a container. */
export const inContainer = (spec: AppSpec): spec is ContainerApp => spec.image !== undefined

/** Whether it runs in a pod of a cluster. */
export const inPod = (spec: AppSpec): spec is PodApp => spec.kubernetes !== undefined

/** What `deployment/NAME` of a cluster names, as kubectl writes it; undefined of a file. */
export const deploymentOf = (kubernetes: string): string | undefined =>
  /^(?:deployments?|deploy)(?:\.apps)?\/(.+)$/.exec(kubernetes)?.[1]

/** The scenario's name where the user gave none: the image's, the jar's without its version, the main class's or a script's. */
export function defaultName(spec: AppSpec): string {
  if (inContainer(spec)) return baseName(spec.image).split(/[@:]/, 1).join('')
  if (inPod(spec)) return baseName(spec.kubernetes).replace(/\.ya?ml$/, '')
  const [launcher = 'app', ...words] = spec.command.slice(Math.max(0, launcherAt(spec.command)))
  const main = launcherAt([launcher]) === 0 ? parseJavaCommandLine(words).main : null
  const { kind, name } = main ?? { kind: 'class', name: launcher }
  if (kind === 'jar') return baseName(name).replace(/(-\d[\w.-]*)?\.jar$/, '')
  return kind === 'module' ? name : baseName(name)
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
