/** Recordings of our own making, as async-profiler lays them out. */

/** Seven bits to a byte, as JFR writes numbers. */
export function number(value: number): number[] {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return [...bytes, value]
}

/** An event: how long it is with its length, what it is, and what it says. */
export function event(kind: number, ...says: number[]): number[] {
  const body = [...number(kind), ...says]
  const most = body.length + 4
  const sized = number(most)
  return [...sized, ...body, ...new Array<number>(most - sized.length - body.length).fill(0)]
}

const text = (value: string): number[] => [3, ...number(value.length), ...Buffer.from(value)]

interface Element {
  tag: string
  attributes?: Record<string, string>
  children?: Element[]
}

/** The metadata event: a table of strings, and a tree of elements that says everything by their numbers. */
function metadata(root: Element): number[] {
  const strings: string[] = []
  const index = (word: string): number[] => {
    if (!strings.includes(word)) strings.push(word)
    return number(strings.indexOf(word))
  }
  const element = ({ tag, attributes = {}, children = [] }: Element): number[] => [
    ...index(tag),
    ...number(Object.keys(attributes).length),
    ...Object.entries(attributes).flatMap(([name, value]) => [...index(name), ...index(value)]),
    ...number(children.length),
    ...children.flatMap(element),
  ]
  const tree = element(root)
  return event(0, 0, 0, 0, ...number(strings.length), ...strings.flatMap(text), ...tree)
}

export const type = (id: number, name: string, ...fields: Element[]): Element => ({
  tag: 'class',
  attributes: { id: String(id), name },
  children: fields,
})
export const field = (name: string, of: number, dimension = '0'): Element => ({
  tag: 'field',
  attributes: { name, class: String(of), dimension },
})

/** A chunk: its header, its metadata, its pools, its events. */
export function chunk(types: Element, pools: number[], events: number[] = []): Buffer {
  const described = metadata(types)
  const all = Buffer.from([...new Array<number>(68).fill(0), ...events, ...described, ...pools])
  all.write('FLR\0', 'latin1')
  all.writeBigUInt64BE(BigInt(all.length), 8)
  all.writeBigUInt64BE(BigInt(68 + events.length + described.length), 16)
  all.writeBigUInt64BE(BigInt(68 + events.length), 24)
  return all
}

export const tree = (...classes: Element[]): Element => ({ tag: 'root', children: classes })
/** The pool of one type, with one value. */
export const pool = (id: number, ...value: number[]): number[] => event(1, 0, 0, 0, 0, 1, id, 1, 1, ...value)
