/** Why an entry has no origin: it came with the process. In a trace, which judges nothing, these words alone say so. */
export const BEFORE_APP = 'open before the app started: inherited'

/** Whether an entry is nobody's doing in the app: open before its first instruction. */
export const isFromBeforeApp = ({
  origin,
  missing,
  verdict,
}: {
  origin: unknown
  missing: string | null
  verdict?: string | null | undefined
}): boolean =>
  origin === null && (verdict === 'inherited' || verdict === 'standard' || missing === BEFORE_APP)
