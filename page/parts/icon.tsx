const paths = {
  chevron: 'M6 4l4 4-4 4',
  check: 'M3 8.5l3.2 3.2L13 5',
  copy: 'M5.5 5.5V3.2h7.3v7.3h-2.3M3.2 5.5h7.3v7.3H3.2z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4L14 14',
  out: 'M6.5 3.5h-3v9h9v-3M9 3.5h3.5V7M12.5 3.5L7.5 8.5',
  link: 'M6.8 9.2a2.3 2.3 0 0 0 3.3 0l2.4-2.4a2.3 2.3 0 1 0-3.3-3.3l-.9.9M9.2 6.8a2.3 2.3 0 0 0-3.3 0L3.5 9.2a2.3 2.3 0 1 0 3.3 3.3l.9-.9',
} as const

/** A drawing beside words that say the same. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
