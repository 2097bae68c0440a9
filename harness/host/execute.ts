import type { execa } from 'execa'

/** Loads what starts programs: half of all that the harness's modules take to load, and most runs need it late or never. */
export const execute = async (): Promise<typeof execa> => (await import('execa')).execa
