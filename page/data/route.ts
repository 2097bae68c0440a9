/** Where the page is: `#service`, `#service/blocker-id`, `#service/fd:12`, `#service/timeline`. */
import { useLayoutEffect, useState } from 'preact/hooks'

export interface Route {
  /** Null: all services. */
  service: string | null
  /** A blocker's id, a descriptor as `fd:12`, or a part of the page; null: the service as a whole. */
  place: string | null
}

/** Where the comparison stands among services; none is called so unless somebody means it. */
export const COMPARE = '~compare'

/** A link to a service, or to something of it. */
export function linkTo(service: string | null, place: string | null = null): string {
  if (service === null) return '#'
  return `#${encode(service)}${place === null ? '' : `/${encode(place)}`}`
}

// Colons are legible in links and mean nothing there.
const encode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')).replaceAll('%3A', ':')

function parseRoute(hash: string): Route {
  const [service = '', ...rest] = hash.replace(/^#/, '').split('/')
  if (service === '') return { service: null, place: null }
  return { service: decode(service), place: rest.length === 0 ? null : decode(rest.join('/')) }
}

/** A link that was cut or mended by hand leads nowhere, and breaks nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useLayoutEffect(() => {
    const moved = (): void => {
      setHash(location.hash)
    }
    addEventListener('hashchange', moved)
    return () => {
      removeEventListener('hashchange', moved)
    }
  }, [])
  return parseRoute(hash)
}
