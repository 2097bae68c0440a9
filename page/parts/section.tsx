import type { ComponentChildren } from 'preact'

/** A part of a service's page: what it is called, how much there is of it, and what it says. */
export function Section(props: {
  id: string
  title: string
  count?: number
  aside?: ComponentChildren
  children: ComponentChildren
}) {
  const { id, title, count, aside, children } = props
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`}>
      <header class="section-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title} {count === undefined ? null : <span class="count">{count}</span>}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
