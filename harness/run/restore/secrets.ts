import type { Host } from '../../host/host.js'
import type { Mask } from '../../model/mask.js'
import type { SecretInImage } from '../../model/restoration.js'

/** A secret of the app, with the value that an image must not hold. It goes nowhere but into the search. */
export interface Secret extends SecretInImage {
  value: string
}

/** To a shell PWD is no password. */
const FOLDERS = ['PWD', 'OLDPWD']

/** What is shorter is found anywhere. */
const SHORTEST = 6

/** Values of an app whose names look like those of secrets; `mask` knows which do. */
export async function secretsOf(
  pid: number,
  { host, properties, mask }: { host: Host; properties: ReadonlyMap<string, string>; mask: Mask },
): Promise<Secret[]> {
  const environment = await host.readText(`/proc/${pid}/environ`).catch(() => '')
  const variables = environment.split('\0').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=')
    return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]]
  })
  const isSecret = ([name, value]: [string, string]): boolean =>
    value.length >= SHORTEST && !FOLDERS.includes(name) && mask(`${name}=x`) !== `${name}=x`
  return [
    ...variables.filter(isSecret).map(([name, value]) => ({ name, from: 'environment' as const, value })),
    ...[...properties]
      .filter(isSecret)
      .map(([name, value]) => ({ name, from: 'system-property' as const, value })),
  ]
}
