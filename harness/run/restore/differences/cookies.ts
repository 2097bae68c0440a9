import type { Difference } from '../../../model/restoration.js'
import { difference } from './difference.js'

/** Shorter ones are settings: nobody can be taken for another by them. */
const SHORTEST_ID = 8

/** Cookies that two restores of one image have set to the same value, which the app from its start has not. */
export function repeatedCookies(
  first: ReadonlySet<string>,
  second: ReadonlySet<string> = new Set(),
  cold: ReadonlySet<string>,
): Difference[] {
  return [...second]
    .filter((cookie) => first.has(cookie) && !cold.has(cookie))
    .map((cookie) => [cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1)] as const)
    .filter(([, value]) => value.length >= SHORTEST_ID)
    .map(([name]) =>
      difference({
        kind: 'random',
        change: 'repeated',
        what: `cookie ${name}`,
        text: `the cookie ${name} got the same value in two restores of this image: the users of both share it`,
      }),
    )
}
