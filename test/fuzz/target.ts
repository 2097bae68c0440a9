/** A reader of what others have written. */
export interface Target {
  name: string
  /** Inputs that it takes. */
  seeds: Buffer[]
  /** Throws where the reader did what it must not do; that it refuses an input is no such thing. */
  run: (input: Buffer) => void | Promise<void>
}

/** Calls what may refuse an input, but only in these words; undefined where it has. */
export function refusing<T>(read: () => T, words: (error: Error) => boolean): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && words(error)) return undefined
    throw error
  }
}
