/**
 * A reader of JFR recordings that decodes any event type by the chunk's own metadata.
 * Written for what async-profiler writes: one checkpoint event a chunk, no chain of them.
 * The app can write a recording of its own making, so whatever it promises takes time in proportion to its length: a chunk
 * leads nowhere outside of itself, an event neither, values are nested to a limit, and none takes no room at all.
 */
import { JfrBytes } from './jfr-bytes.js'

export type JfrValue = number | string | null | JfrObject | JfrValue[]
export interface JfrObject {
  [field: string]: JfrValue
}

/** The constant pools of a chunk: by type name, then by key. */
export type JfrPools = Map<string, Map<number, JfrValue>>

interface Field {
  name: string
  type: number
  pooled: boolean
  array: boolean
}

interface Type {
  name: string
  fields: Field[]
}

const CHUNK_HEADER_BYTES = 68
/** async-profiler's own metadata and values take less than ten levels. */
const DEEPEST = 32

/** Calls `onEvent` for every event of one type, in the order of the file. Throws on a file that is no recording. */
export function readEvents(
  recording: Buffer,
  eventType: string,
  onEvent: (event: JfrObject, pools: JfrPools) => void,
  onChunkEnd: () => void = () => undefined,
): void {
  for (let base = 0; base < recording.length;) {
    if (recording.toString('latin1', base, base + 4) !== 'FLR\0')
      throw new Error(`There is no JFR chunk at byte ${base} of the recording.`)
    const header = (at: number) => Number(recording.readBigUInt64BE(base + at))
    const size = header(8)
    if (size < CHUNK_HEADER_BYTES || base + size > recording.length)
      throw new Error(
        `The JFR chunk at byte ${base} is cut: it claims ${size} bytes of ${recording.length - base}.`,
      )
    const places = { pools: header(16), metadata: header(24) }
    readChunk(recording.subarray(base, base + size), places, eventType, onEvent)
    onChunkEnd()
    base += size
  }
}

function readChunk(
  chunk: Buffer,
  at: { pools: number; metadata: number },
  eventType: string,
  onEvent: (event: JfrObject, pools: JfrPools) => void,
): void {
  const types = readTypes(new JfrBytes(chunk, at.metadata))
  const pools = readPools(new JfrBytes(chunk, at.pools), types)
  const wanted = [...types].find(([, type]) => type.name === eventType)
  if (!wanted) return
  for (let position = CHUNK_HEADER_BYTES; position < chunk.length;) {
    const length = new JfrBytes(chunk, position).integer()
    if (length === 0 || position + length > chunk.length)
      throw new Error(`The JFR event at byte ${position} has no length, or ends outside of its chunk.`)
    const bytes = new JfrBytes(chunk.subarray(0, position + length), position)
    bytes.integer()
    if (bytes.integer() === wanted[0]) onEvent(readObject(bytes, wanted[1], types, 0), pools)
    position += length
  }
}

function readPools(bytes: JfrBytes, types: Map<number, Type>): JfrPools {
  const pools: JfrPools = new Map()
  // Size, type, start, duration, delta to the next checkpoint, and the checkpoint's own kind.
  for (let i = 0; i < 5; i++) bytes.integer()
  bytes.byte()
  for (let n = bytes.count(); n > 0; n--) {
    const type = typeOf(types, bytes.integer())
    const pool = pools.get(type.name) ?? new Map<number, JfrValue>()
    pools.set(type.name, pool)
    for (let k = bytes.count(); k > 0; k--) pool.set(bytes.integer(), readOne(bytes, type, types, 0))
  }
  return pools
}

function readObject(bytes: JfrBytes, type: Type, types: Map<number, Type>, depth: number): JfrObject {
  assertDepth(depth)
  if (type.fields.length === 0) throw new Error(`The JFR type ${type.name.slice(0, 80)} has no fields.`)
  // A field of any name: one called __proto__ is nothing special here.
  const object = Object.create(null) as JfrObject
  for (const field of type.fields) object[field.name] = readField(bytes, field, types, depth)
  return object
}

function readField(bytes: JfrBytes, field: Field, types: Map<number, Type>, depth: number): JfrValue {
  const one = () =>
    field.pooled ? bytes.integer() : readOne(bytes, typeOf(types, field.type), types, depth + 1)
  return field.array ? Array.from({ length: bytes.count() }, one) : one()
}

function assertDepth(depth: number): void {
  if (depth > DEEPEST) throw new Error(`The JFR recording is nested deeper than ${DEEPEST} levels.`)
}

function readOne(bytes: JfrBytes, type: Type, types: Map<number, Type>, depth: number): JfrValue {
  switch (type.name) {
    case 'java.lang.String':
      return bytes.string()
    case 'boolean':
    case 'byte':
      return bytes.byte()
    case 'float':
      return bytes.float()
    case 'double':
      return bytes.double()
    case 'char':
    case 'short':
    case 'int':
    case 'long':
      return bytes.integer()
    default:
      return readObject(bytes, type, types, depth)
  }
}

function typeOf(types: Map<number, Type>, id: number): Type {
  const type = types.get(id)
  if (!type) throw new Error(`The JFR recording uses type ${id}, which its metadata does not describe.`)
  return type
}

/** The metadata event is a tree of elements whose tags and attributes are indexes into one table of strings. */
function readTypes(bytes: JfrBytes): Map<number, Type> {
  // Size, type, start, duration, metadata id.
  for (let i = 0; i < 5; i++) bytes.integer()
  const strings = Array.from({ length: bytes.count() }, () => bytes.string())
  const word = () => String(strings[bytes.integer()])
  const types = new Map<number, Type>()
  const readElement = (parent: Type | null, depth: number): void => {
    assertDepth(depth)
    const tag = word()
    const attributes = new Map<string, string>()
    for (let n = bytes.count(); n > 0; n--) attributes.set(word(), word())
    const own: Type | null = tag === 'class' ? { name: attributes.get('name') ?? '', fields: [] } : null
    if (own) types.set(Number(attributes.get('id')), own)
    if (tag === 'field')
      parent?.fields.push({
        name: attributes.get('name') ?? '',
        type: Number(attributes.get('class')),
        pooled: attributes.get('constantPool') === 'true',
        array: attributes.get('dimension') === '1',
      })
    for (let n = bytes.count(); n > 0; n--) readElement(own, depth + 1)
  }
  readElement(null, 0)
  return types
}
