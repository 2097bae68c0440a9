/** What the tracer and a program of known creations have said, held against each other. */

/** Lines of one speaker, as `exact.sh` prints them. */
const linesOf = (output, who) =>
  output
    .split('\n')
    .filter((line) => line.startsWith(`${who} `))
    .map((line) => line.slice(who.length + 1))

const parse = (line) => {
  try {
    return JSON.parse(line)
  } catch {
    return { type: 'damaged', line }
  }
}

/** Whether the records of a descriptor's file are those that its program tells of, and no others. */
function isRight({ fd, call, kinds }, live, records) {
  const file = live.find((each) => each.fd === fd)?.file
  const own = records.filter((record) => record.file === file)
  const opened = own.find(({ kind }) => kind === 'open')
  const found = new Set(own.map(({ kind }) => kind))
  return opened?.syscall === call && found.size === kinds.length && kinds.every((kind) => found.has(kind))
}

/** How exact the tracer was about the C program: descriptors, and the files of the storm. */
export function judgeExact(output) {
  const lines = linesOf(output, 'tracer').map(parse)
  const told = linesOf(output, 'told')
  const of = (type) => lines.filter((line) => line.type === type)
  const [records, live, ends] = [of('record'), of('live'), of('snapshot-end')]
  const kept = told.flatMap((line) => {
    const [word, fd, call, kinds] = line.split(' ')
    return word === 'KEPT' ? [{ fd: Number(fd), call, kinds: kinds.split(',') }] : []
  })
  const wrong = kept.filter((each) => !isRight(each, live, records))
  const storm = told.find((line) => line.startsWith('STORM '))?.split(' ')[1]
  const [loaded] = of('loaded')
  return {
    loads: loaded !== undefined,
    tracepoints: loaded?.tracepoints ?? null,
    missing: loaded?.missing.map(({ program, code }) => `${program} ${code}`) ?? [],
    trial: loaded?.trial ?? null,
    error: of('error')[0] ?? null,
    records: { right: kept.length - wrong.length, of: kept.length },
    storm: {
      seen: ends.length === 2 ? ends[1].seen - ends[0].seen : null,
      of: storm === undefined ? null : Number(storm),
    },
    lost: ends.at(-1)?.lost ?? null,
    wrong: wrong.map(({ fd, call, kinds }) => `${fd} ${call} ${kinds.join()}`),
  }
}

/** How many files a set of programs has seen, of those that the trial made; null where the kernel refuses it, or it misses calls. */
export const judgeTrial = (output, set) =>
  linesOf(output, set)
    .map(parse)
    .find(({ type }) => type === 'loaded')?.trial ?? null

/** The errors with which tracers that may not trace have ended; null where one has loaded. */
export const judgeRefusals = (output, names) =>
  Object.fromEntries(
    names.map((who) => [
      who,
      linesOf(output, who)
        .map(parse)
        .find(({ type }) => type === 'error') ?? null,
    ]),
  )

/** How exact a check was about the Java program: descriptors with a record, and with their method in its stack. */
export function judgeJava(output) {
  const [report] = linesOf(output, 'report').map(parse)
  const made = linesOf(output, 'java').flatMap((line) => {
    const [word, method, fd] = line.split(' ')
    return word === 'MADE' ? [{ method, fd: Number(fd) }] : []
  })
  const entryOf = (fd) => report?.descriptors?.find((each) => each.fd === fd)
  const names = ({ method, fd }) =>
    entryOf(fd)?.origin?.java.some((frame) => frame.class === 'Creations' && frame.method === method) ?? false
  const recorded = made.filter(({ fd }) => entryOf(fd)?.origin)
  const right = made.filter(names)
  return {
    records: { right: recorded.length, of: made.length },
    methods: { right: right.length, of: made.length },
    wrong: made.filter((each) => !right.includes(each)).map(({ method, fd }) => `${fd} ${method}`),
    evidence: report?.evidence ?? null,
    verdict: report?.verdict ?? null,
  }
}
