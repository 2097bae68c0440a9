import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { PageData } from '../reports/html/page-data'
import { Compare } from './compare/compare'
import { Runs } from './compare/runs'
import { COMPARE, linkTo, useRoute } from './data/route'
import { toServices } from './data/services'
import { Icon } from './parts/icon'
import { Overview } from './overview/overview'
import { Results } from './search/results'
import { ServiceView } from './service/service'

/** The page: a bar with where one is and the search, and below it what was asked for. */
export function App({ data }: { data: PageData }) {
  const [services] = useState(() => toServices(data))
  const [query, setQuery] = useState('')
  const route = useRoute()
  const [only] = services
  const service =
    services.length === 1 && route.service === null
      ? only
      : services.find(({ slug }) => slug === route.service)
  const { compare } = data
  const compares = route.service === COMPARE || (compare !== null && route.service === null)
  const leave = (): void => setQuery('')
  useEffect(() => {
    document.title = service === undefined ? 'crac-preflight' : `${service.slug} · crac-preflight`
  }, [service])
  return (
    <>
      <header class="top">
        <nav class="crumbs" aria-label="Where you are">
          <a class="mark" href="#" onClick={leave}>
            <Mark />
            crac-preflight
          </a>
          {service !== undefined && services.length > 1 ? (
            <a class="crumb" href={linkTo(service.slug)} onClick={leave}>
              {service.slug}
            </a>
          ) : null}
        </nav>
        <Search query={query} onQuery={setQuery} />
      </header>
      {query.trim() === '' ? (
        compares ? (
          compare !== null && services.length > 2 && route.place === null ? (
            <Runs services={services} before={compare.before} />
          ) : (
            <Compare services={services} place={route.place} />
          )
        ) : service === undefined ? (
          <Overview services={services} />
        ) : (
          <ServiceView key={service.slug} service={service} place={route.place ?? data.opens} />
        )
      ) : (
        <Results services={services} query={query} onLeave={leave} />
      )}
    </>
  )
}

/** A bar that pauses, and one that goes on. */
function Mark() {
  return (
    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 3h3v10H3zM9 3l5 5-5 5z" />
    </svg>
  )
}

function Search({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  // At once: a key that is pressed before the next frame counts, too.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return
      const { target } = event
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select')
      if (event.key !== '/' || isTyping) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search paths, classes, jars, ports, threads"
        placeholder="Search paths, classes, jars, ports, threads"
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onQuery('')
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
  )
}
