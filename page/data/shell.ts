/** A word as a shell takes it for one. */
export const shell = (text: string): string =>
  /^[\w.:/#@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
