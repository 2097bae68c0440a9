/** Where the user lets a CRaC JDK write its image, and whether its engine writes one at all. */
export interface GivenImage {
  /** The value of -XX:CRaCCheckpointTo as it was given; null where it was not. */
  folder: string | null
  /** Whether the user has also chosen an engine that ends the JVM when the image is written. */
  written: boolean
}

const OPTION = /(?:^|\s)"?-XX:CRaCCheckpointTo=([^\s"]+)/
const ENGINE = /(?:^|\s)"?-XX:CR(?:aC)?Engine=([^\s",]+)/

/** Reads the options that a user gave, on the command line or in the environment. */
export function givenImage(given: string[]): GivenImage {
  // The JVM goes by the last one.
  const last = (pattern: RegExp) =>
    given.map((option) => pattern.exec(option)?.[1]).findLast((value) => value !== undefined)
  const engine = last(ENGINE)
  return {
    folder: last(OPTION) ?? null,
    written: engine !== undefined && !/(?:^|\/)(?:sim|pause)engine$/.test(engine),
  }
}
