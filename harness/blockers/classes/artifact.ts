/** Maven's own record inside a jar: where it lies. */
export const pomProperties = /^META-INF\/maven\/[^/]+\/([^/]+)\/pom\.properties$/

/**
 * Picks the pom.properties that speaks for the whole jar: the only one, or, in a shaded jar that carries many, the one
 * whose artifact the file is named after. Null rather than a guess.
 */
export function ownPom(names: string[], jarName: string): string | null {
  const found = names.flatMap((name) => {
    const artifactId = pomProperties.exec(name)?.[1]
    return artifactId === undefined ? [] : [{ name, artifactId }]
  })
  if (found.length === 1) return found[0]?.name ?? null
  const base = jarName.replace(/\.[jw]ar$/, '')
  const matching = found.filter(
    ({ artifactId }) =>
      base === artifactId ||
      (base.startsWith(`${artifactId}-`) && /^\d/.test(base.slice(artifactId.length + 1))),
  )
  return matching.length === 1 ? (matching[0]?.name ?? null) : null
}

/** `group:artifact:version` of a pom.properties; null where one of the three is missing. */
export function coordinates(properties: string): string | null {
  const value = (key: string) => new RegExp(`^${key}[ \\t]*[=:][ \\t]*(\\S+)`, 'm').exec(properties)?.[1]
  const parts = [value('groupId'), value('artifactId'), value('version')]
  return parts.every((part) => part !== undefined) ? parts.join(':') : null
}
