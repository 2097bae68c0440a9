import picomatch from 'picomatch'

/**
 * Whether a pattern means a blocker: its id, the beginning of one up to a dot or colon (`socket:com.zaxxer.hikari`), or
 * a glob (`socket:*`). The same words work in a test, in a baseline, in `--accept` and in `expect`.
 */
export function matchesId(pattern: string, id: string): boolean {
  if (id === pattern) return true
  if (id.startsWith(pattern) && /[.:#]/.test(id.charAt(pattern.length))) return true
  return matchesName(pattern, id)
}

/** Whether a name is the one that is meant, where a star stands for anything: dots, slashes and `$` included. */
export function matchesName(pattern: string, name: string): boolean {
  return picomatch(pattern.replaceAll('*', '**'), { bash: true, dot: true, nobrace: true, noextglob: true })(
    name,
  )
}
