import { isAbsolute, resolve } from 'node:path'
import { parseReady } from '../app/ready-text.js'
import type { Ready } from '../app/ready.js'
import {
  deploymentOf,
  inContainer,
  inPod,
  type AppSpec,
  type ContainerOptions,
  type PodApp,
} from '../app/spec.js'
import type { Expectation } from '../baseline/expectation.js'
import { cracVersions } from '../checkpoint/engine.js'
import type { PreflightOptions } from '../preflight.js'
import type { ServicesFile } from './read-file.js'
import type { AppEntry } from './schema.js'
import { bytesOf, milliseconds, pairsOf, wordsOf } from './values.js'
import { toWarmUp } from './warm-up.js'

/** One app of a file: what to run, how, and what may be found. */
export interface Service {
  name: string
  spec: AppSpec
  options: PreflightOptions
  expect: Expectation
  /** Blockers that it may have and that nobody misses. */
  tolerate: string[]
}

/** An app with what holds for all of them; what the command line says wins. */
export function toService(
  { entry, folder }: ServicesFile,
  name: string,
  { overrides = {}, signal }: { overrides?: AppEntry; signal?: AbortSignal } = {},
): Service {
  const { defaults = {} } = entry
  const app = merged(merged(defaults, entry.apps[name] ?? {}), overrides)
  const spec: AppSpec = { ...whereItRuns(app, folder), ...settings(app, name) }
  const steps = app['warm-up'] === undefined ? [] : [app['warm-up']].flat()
  const inside = inContainer(spec) || inPod(spec)
  const around = { spec, folder: inside ? folder : (spec.cwd ?? folder), ...(signal && { signal }) }
  return {
    name,
    spec,
    options: {
      ...runOptions(app),
      ...(signal && { signal }),
      ...(steps.length > 0 && { warmUp: toWarmUp(steps, around) }),
    },
    expect: expectation(app.expect),
    tolerate: app.accept ?? [],
  }
}

/** The second one wins; what is made of many single things has those of both. */
function merged(first: AppEntry, second: AppEntry): AppEntry {
  const env = { ...pairsOf(first.env), ...pairsOf(second.env) }
  return {
    ...first,
    ...second,
    env,
    mask: [...(first.mask ?? []), ...(second.mask ?? [])],
    accept: [...(first.accept ?? []), ...(second.accept ?? [])],
  }
}

const wordsOfCommand = (command: string | string[]): string[] =>
  typeof command === 'string' ? (wordsOf(command) ?? []) : command

/** The folder of a container is the image's matter; here it counts from the file. */
function whereItRuns({ command, image, kubernetes, cwd, ...app }: AppEntry, folder: string): AppSpec {
  if (image === undefined && kubernetes === undefined)
    return { command: command === undefined ? [] : wordsOfCommand(command), cwd: resolve(folder, cwd ?? '.') }
  const what = {
    ...(command !== undefined && { command: wordsOfCommand(command) }),
    ...(cwd !== undefined && { cwd }),
  }
  if (image !== undefined) return { image, ...what, ...container(app, folder) }
  return { ...what, ...pod(kubernetes ?? '', app, folder) }
}

function pod(
  named: string,
  { container, namespace, context, ports }: AppEntry,
  folder: string,
): Pick<PodApp, 'kubernetes' | 'container' | 'namespace' | 'context' | 'ports'> {
  return {
    kubernetes: deploymentOf(named) !== undefined ? named : resolve(folder, named),
    ...(container !== undefined && { container }),
    ...(namespace !== undefined && { namespace }),
    ...(context !== undefined && { context }),
    ...(ports !== undefined && { ports }),
  }
}

function container(app: AppEntry, folder: string): ContainerOptions {
  const { ports, user, binds, tmpfs, network, labels, memory, init, pull } = app
  const readOnly = app['read-only']
  return {
    ...(ports !== undefined && { ports }),
    ...(user !== undefined && { user: String(user) }),
    ...(binds !== undefined && { binds: binds.map((bind) => toBind(bind, folder)) }),
    ...(tmpfs !== undefined && { tmpfs: Object.fromEntries(tmpfs.map(toTmpfs)) }),
    ...(network !== undefined && { network }),
    ...(labels !== undefined && { labels: pairsOf(labels) }),
    ...(memory !== undefined && { memory: bytesOf(memory) }),
    ...(readOnly !== undefined && { readOnly }),
    ...(init !== undefined && { init }),
    ...(pull !== undefined && { pullPolicy: pull }),
  }
}

function toBind(text: string, folder: string): { source: string; target: string; mode: 'ro' | 'rw' } {
  const [, source = '', target = '', mode = 'rw'] = /^(.+?):(\/[^:]*)(?::(ro|rw))?$/s.exec(text) ?? []
  return {
    source: isAbsolute(source) ? source : resolve(folder, source),
    target,
    mode: mode === 'ro' ? 'ro' : 'rw',
  }
}

const toTmpfs = (text: string): [string, string] => {
  const [folder = '', options = ''] = text.split(':')
  return [folder, options]
}

function settings(app: AppEntry, name: string) {
  const { ready, timeout, mask } = app
  const [jdkOptions, mainClass, maxOutput] = [app['jdk-options'], app['main-class'], app['max-output']]
  return {
    name,
    env: pairsOf(app.env),
    ...(jdkOptions !== undefined && { jdkOptions }),
    ...(mainClass !== undefined && { mainClass }),
    ...(ready !== undefined && { ready: toReady(ready) }),
    ...(timeout !== undefined && { timeoutMs: milliseconds(timeout) }),
    ...(mask !== undefined && { mask }),
    ...(maxOutput !== undefined && { maxOutputBytes: bytesOf(maxOutput) }),
  }
}

function toReady(ready: NonNullable<AppEntry['ready']>): Ready {
  if (typeof ready === 'string') return parseReady(ready, 'ready')
  return 'log' in ready ? parseReady(`log=${ready.log}`, 'ready') : ready
}

function runOptions(app: AppEntry): PreflightOptions {
  const { engine, trace, restore } = app
  const cracVersion = cracVersions.find((each) => each === String(app['crac-version']))
  const [bootStacks, timeout] = [app['boot-stacks'], app['checkpoint-timeout']]
  const budget = app['restore-budget']
  return {
    ...(engine !== undefined && { engine }),
    ...(trace !== undefined && { trace }),
    ...(restore !== undefined && { restore }),
    ...(app['restore-once'] === true && { restore: true, restoreOnce: true }),
    ...(budget !== undefined && { restore: true, restoreBudgetMs: milliseconds(budget) }),
    ...(cracVersion !== undefined && { cracVersion }),
    ...(bootStacks !== undefined && { bootStacks }),
    ...(timeout !== undefined && { checkpointTimeoutMs: milliseconds(timeout) }),
  }
}

const expectation = (expect: AppEntry['expect'] = 'checkpointable'): Expectation =>
  expect === 'checkpointable' ? expect : { blockedBy: expect['blocked-by'] }
