/** How agent and harness meet: by files in a folder that is open to the app. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { EngineError } from '../../model/errors.js'
import type { Host } from '../../host/host.js'
import { resultSchema, type Result } from './result.js'

/** True where there is such a file. */
export const exists = (file: string, host: Host): Promise<true | undefined> =>
  host.stat(file).then(
    () => true as const,
    () => undefined,
  )

export const remove = (file: string, host: Host): Promise<void> => host.unlink(file).catch(() => undefined)

/** Asks again until there is something; rejects when the signal comes first. */
export async function poll<T>(
  look: () => T | undefined | Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(10, undefined, { signal })
  }
}

/** The folder is open to the app: its form is reported, its content is not, as it may be anybody's. */
export async function readAnswer(file: string, host: Host): Promise<Result> {
  const text = await host.readText(file, { follow: false }).catch((error: unknown) => {
    throw new EngineError(
      'ENGINE_NO_ANSWER',
      (error as { code?: unknown }).code === 'ENOENT'
        ? `The rehearsal agent has not written ${file}. The app's stderr may say why.`
        : `The rehearsal agent's answer ${file} can't be read: ${String(error)}. Something else lies there than the file that the agent writes.`,
      { cause: error },
    )
  })
  const unreadable = (why: string, cause?: unknown) =>
    new EngineError(
      'ENGINE_NO_ANSWER',
      `The rehearsal agent's answer can't be read: ${why}. Are library and harness from the same build? Run "npm run build".`,
      { cause },
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unreadable('it is no JSON', error)
  }
  const { data, error } = resultSchema.safeParse(value)
  if (data === undefined) throw unreadable(`it has no valid ${placesOf(error)}`)
  return data
}

const placesOf = ({ issues }: z.ZodError): string =>
  [...new Set(issues.map(({ path }) => path.join('.')))].slice(0, 5).join(', ') || 'result'
