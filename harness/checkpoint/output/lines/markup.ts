const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' }
const entity = /&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{1,7})|#[xX]([\da-fA-F]{1,6}));/g
const lineEnds = /&#(?:0{0,4}10|[xX]0{0,4}[aA]);|<br ?\/?>/

/** Cuts where an attribute of XML or a page of HTML has a line's end. */
export const cutMarkup = (line: string): string[] => (/&#|<br/.test(line) ? line.split(lineEnds) : [line])

/** Puts characters in place of what web pages and XML write for them; a space that must not break is one, too. */
export function withoutMarkup(line: string): string {
  const plain = line.includes('\u00a0') ? line.replaceAll('\u00a0', ' ') : line
  if (!plain.includes('&')) return plain
  return plain.replace(entity, (_, name?: string, decimal?: string, hex?: string) =>
    name === undefined
      ? character(decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal))
      : (named[name] ?? ''),
  )
}

const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')
