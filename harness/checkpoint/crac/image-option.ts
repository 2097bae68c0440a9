/** Where the user lets a CRaC JDK write its image, and by which engine. */
export interface GivenImage {
  /** The value of -XX:CRaCCheckpointTo as it was given; null where it was not. */
  folder: string | null
  /** The engine as it was given; null where it was not. */
  engine: string | null
  /** The options that choose the engine: its restore needs the same. */
  engineOptions: string[]
}

const OPTION = /(?:^|\s)"?-XX:CRaCCheckpointTo=([^\s"]+)/
const ENGINE = /(?:^|\s)"?-XX:CR(?:aC)?Engine=([^\s",]+)/
const ENGINE_OPTION = /^-XX:CR(?:aC)?Engine(?:Options)?=/

/** Reads the options that a user gave, on the command line or in the environment. */
export function givenImage(given: string[]): GivenImage {
  // The JVM goes by the last one.
  const last = (pattern: RegExp) =>
    given.map((option) => pattern.exec(option)?.[1]).findLast((value) => value !== undefined) ?? null
  return {
    folder: last(OPTION),
    engine: last(ENGINE),
    engineOptions: given.filter((option) => ENGINE_OPTION.test(option)),
  }
}

/** Whether an engine ends the JVM when the image is written; those that only simulate, or hold it, write none. */
export const writesImage = (engine: string): boolean => !/(?:^|\/)(?:sim|pause)engine$/.test(engine)
