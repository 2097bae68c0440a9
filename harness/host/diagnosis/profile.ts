/** A step of a run, in milliseconds since this process began. */
export interface Span {
  name: string
  begin: number
  end: number
}

let spans: Span[] | undefined

/** From now on `timed` keeps how long its steps took; nothing is kept before, so that a test runner's memory does not grow. */
export function startProfile(): void {
  spans ??= []
}

/** Adds a step that was timed elsewhere. */
export function addSpan(name: string, begin: number, end = performance.now()): void {
  spans?.push({ name, begin, end })
}

/** Takes a step, and notes how long it took, whatever came of it. */
export async function timed<T>(name: string, work: Promise<T>): Promise<T> {
  const begin = performance.now()
  try {
    return await work
  } finally {
    addSpan(name, begin)
  }
}

/** The steps so far, in the order in which they began; steps within a step come after it. */
export const profile = (): Span[] => (spans ?? []).toSorted((a, b) => a.begin - b.begin || b.end - a.end)
