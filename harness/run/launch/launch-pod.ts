import { posix } from 'node:path'
import { PodFiles } from '../../app/pod/pod-files.js'
import type { HeldPod } from '../../app/pod/pod-place.js'
import { containerOf } from '../../app/pod/pod.js'
import { printedBy } from '../../app/pod/wire.js'
import type { PodApp } from '../../app/spec.js'
import { givenImage } from '../../checkpoint/crac/image-option.js'
import { UsageError } from '../../model/errors.js'
import { assertRules, isWritten, type Launch, type LaunchRequest } from './launch.js'
import { planWithin, type LaunchWithin } from './launch-within.js'

/** As `planLaunch` for a pod whose gate is held: its files and its environment are looked at in it. */
export async function planPodLaunch(
  request: Omit<LaunchRequest, 'spec'> & { spec: PodApp; pod: HeldPod },
): Promise<LaunchWithin & Pick<Launch, 'image'>> {
  const { spec, pod } = request
  assertRules(request.cracVersion)
  const inherited = parseEnvironment(await pod.host.readText(`/proc/${pod.pid}/environ`))
  const env = { PATH: '', ...inherited, ...spec.env }
  const cwd = posix.resolve(await pod.host.readlink(`/proc/${pod.pid}/cwd`), spec.cwd ?? '')
  if (spec.cwd !== undefined)
    throw new UsageError('--cwd is not for a pod. Write "workingDir" into the container of its template.')
  const { given, ...launch } = await planWithin(request, {
    name: `pod of ${spec.kubernetes}`,
    files: new PodFiles(pod.host, pod.pid),
    own: commandOf(spec, pod, env),
    env,
    cwd,
    run: (command) => printedBy(pod.cluster, { ...pod, command }),
  })
  const image = givenImage(launch.engine === 'crac' ? given : [])
  const folder = image.folder ?? request.imageFolder
  return {
    ...launch,
    env: { ...spec.env, ...launch.env },
    // What a real engine writes stays in the pod, and goes with it.
    image: {
      ...{ folder, there: folder, given: image.folder !== null, written: isWritten(image, false) },
      ...{ log: null, stays: false, restoreOptions: image.engineOptions },
    },
  }
}

/** A cluster tells nobody what an image would run by itself. */
function commandOf({ command, kubernetes }: PodApp, pod: HeldPod, env: Record<string, string>): string[] {
  if (command !== undefined && command.length > 0) return command
  const container = containerOf(pod.template, pod.container)
  if (container.command?.length)
    return [...container.command, ...(container.args ?? [])].map((word) => expanded(word, env))
  throw new UsageError(
    `The container ${pod.container} of ${kubernetes} names no command, and a cluster does not tell what its image ${container.image ?? ''} runs by itself. Give that after "--", ENTRYPOINT and CMD: … -- java -jar /app.jar`,
  )
}

/** As kubelet does it: `$(NAME)` is a variable, `$$` a dollar sign; an unknown one stays as it is. */
const expanded = (word: string, env: Record<string, string>): string =>
  word.replace(/\$(?:\$|\(([^)]*)\))/g, (all, name?: string) =>
    name === undefined ? '$' : (env[name] ?? all),
  )

const parseEnvironment = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\0')
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
