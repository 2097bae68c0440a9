import { inContainer, inPod, type AppSpec } from '../app/spec.js'
import { localHost } from '../host/local-host.js'
import { requestPort } from '../run/requests/request-port.js'
import { toAction, type WarmUpRequest } from '../run/requests/warm-up.js'
import { parseWarmUp } from '../run/requests/warm-up-text.js'
import type { RunningApp } from '../run/running-app.js'
import { runCommand } from './user-command.js'
import type { Step } from './warm-up-schema.js'

export interface Surroundings {
  spec: AppSpec
  /** Where commands run, and where `@FILE` counts from. */
  folder: string
  signal?: AbortSignal
}

type Action = (app: RunningApp) => Promise<void>

/** The steps of a warm-up, one after the other. */
export function toWarmUp(steps: readonly Step[], around: Surroundings): Action {
  const actions = steps.map((step) => toStep(step, around))
  return async (app) => {
    for (const action of actions) await action(app)
  }
}

function toStep(step: Step, around: Surroundings): Action {
  if (typeof step === 'string')
    return toAction(parseWarmUp(step, { asked: 'warm-up', folder: around.folder }))
  if ('run' in step) return command(step, around)
  return toAction(requestOf(step))
}

function requestOf(step: Exclude<Step, string | { run: unknown }>): WarmUpRequest {
  const { url, method, headers = {}, body, json, user, password, expect, repeat } = step
  const asText = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return {
    url,
    headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...asText },
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(user !== undefined && { credentials: { user, password: password ?? '' } }),
    ...(expect !== undefined && { expect }),
    ...(repeat !== undefined && { repeat }),
  }
}

/** A command of the user's: it ends well, or the warm-up has failed. */
function command({ run, repeat = 1 }: Extract<Step, { run: unknown }>, around: Surroundings): Action {
  const words = typeof run === 'string' ? ['sh', '-c', run] : run
  const name = typeof run === 'string' ? run : run.join(' ')
  return async (app) => {
    const env = await told(app, around.spec)
    for (let nth = 0; nth < repeat; nth++) {
      const { wrong, output } = await runCommand(words, { cwd: around.folder, env, signal: around.signal })
      if (wrong !== null) throw new Error(`"${name}" ended with ${wrong}${lastLines(output)}`)
    }
  }
}

const lastLines = (output: string): string =>
  output.trim() === '' ? '' : `, and printed:\n${output.trimEnd().split('\n').slice(-10).join('\n')}`

/** How a command finds the app. */
async function told(app: RunningApp, spec: AppSpec): Promise<Record<string, string>> {
  const port =
    inContainer(spec) || inPod(spec)
      ? spec.ports?.[0]
      : await requestPort(spec, app.pid, localHost).catch(() => undefined)
  return {
    CRAC_PREFLIGHT_APP: app.name,
    CRAC_PREFLIGHT_PID: String(app.pid),
    ...(port !== undefined && { CRAC_PREFLIGHT_URL: app.url(port) }),
  }
}
