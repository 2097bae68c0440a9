/** Search over everything that the page has: paths, classes, jars, ports, threads, ids. */
import { formatFrame } from '../../harness/model/text'
import { once } from '../../harness/model/lists'
import type { Blocker, Frame, LedgerEntry } from '../../harness/model/report'
import { printable } from '../../reports/parts/escape'
import { ownersOf } from '../data/owners'
import type { Service } from '../data/services'

/** What was found, where, and in which of its texts. */
export interface Hit {
  service: Service
  kind: 'service' | 'blocker' | 'descriptor'
  title: string
  place: string | null
  /** Which text of it has the first word, and that text; null where it is the title. */
  why: { label: string; text: string } | null
}

interface Field {
  label: string
  text: string
}

interface Item extends Omit<Hit, 'why'> {
  fields: Field[]
  all: string
}

const MOST = 200

/** The first hits of all words together, and how many there are. */
export function search(services: readonly Service[], query: string): { hits: Hit[]; count: number } {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const [first] = words
  if (first === undefined) return { hits: [], count: 0 }
  const found = services.flatMap(itemsOf).filter(({ all }) => words.every((word) => all.includes(word)))
  const hits = found.slice(0, MOST).map(({ service, kind, title, place, fields }) => ({
    ...{ service, kind, title, place },
    why: title.toLowerCase().includes(first)
      ? null
      : (fields.find(({ text }) => text.toLowerCase().includes(first)) ?? null),
  }))
  return { hits, count: found.length }
}

const itemsOf = once((service: Service): Item[] => {
  const { answer } = service
  const owners = ownersOf(answer)
  return [
    item({ service, kind: 'service', title: answer.name, place: null }, serviceFields(service)),
    ...answer.blockers.map((blocker) =>
      item({ service, kind: 'blocker', title: blocker.summary, place: blocker.id }, blockerFields(blocker)),
    ),
    ...answer.descriptors.map((entry) =>
      item(
        { service, kind: 'descriptor', title: `${entry.fd} ${entry.target}`, place: `fd:${entry.fd}` },
        descriptorFields(entry, owners.of(entry)),
      ),
    ),
  ]
})

function item(what: Omit<Item, 'fields' | 'all'>, fields: (Field | null)[]): Item {
  const told = fields.filter((each): each is Field => each !== null && each.text !== '')
  return {
    ...what,
    fields: told,
    all: [what.title, ...told.map(({ text }) => text)].join('\n').toLowerCase(),
  }
}

const field = (label: string, text: string | null | undefined): Field | null =>
  text === null || text === undefined ? null : { label, text }

function serviceFields({ answer, outcome }: Service): (Field | null)[] {
  return [
    field('verdict', outcome),
    field('answer', answer.headline),
    field('command', answer.run?.app.command.join(' ')),
    field('image', answer.run?.app.image),
    field('failure', answer.run?.failure?.message),
  ]
}

function blockerFields({ id, kind, owner, findings, remedy }: Blocker): (Field | null)[] {
  return [
    field('kind', kind),
    field('owner', owner?.frame),
    field('jar', owner?.jar),
    field('artifact', owner?.artifact),
    field('id', printable(id)),
    field('finding', findings.map(({ type, message }) => `${type ?? ''} ${message}`).join('\n')),
    field('remedy', remedy.text),
    field('stack', findings.map(({ creationStack }) => stackText(creationStack)).join('\n')),
  ]
}

function descriptorFields(entry: LedgerEntry, owner: string): (Field | null)[] {
  const { kind, peer, peerHolders, missing, origin, bound, listened, connected } = entry
  const actions = [origin, bound, listened, connected].filter((action) => action !== null)
  const distinct = (texts: (string | null)[]): string => [...new Set(texts)].join('\n')
  return [
    field('kind', kind),
    field('jar', owner),
    field('peer', peer),
    field('peer', distinct(peerHolders.map(({ name, pid }) => `${name} (pid ${pid})`))),
    field('thread', distinct(actions.map(({ thread }) => thread))),
    field('system call', distinct(actions.map(({ syscall }) => syscall))),
    field('stack', distinct(actions.map(({ java }) => stackText(java)))),
    field('native stack', distinct(actions.map(({ native }) => native.join('\n')))),
    field('missing', missing),
  ]
}

const stackText = once((stack: Frame[]): string => stack.map(formatFrame).join('\n'))
