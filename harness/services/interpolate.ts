import type { Complaint } from './complaints.js'

/** `${NAME}`, `${NAME:-otherwise}`; `$${` stands for `${` itself. A `$` without a brace is nothing special. */
const VARIABLE = /\$(\$\{)|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g

/** A value with its variables filled in from the environment, as a compose file's are; one that is not set is a complaint. */
export function interpolated(
  value: unknown,
  environment: NodeJS.ProcessEnv,
  complain: (complaint: Complaint) => void,
  path: readonly PropertyKey[] = [],
): unknown {
  if (typeof value === 'string')
    return value.replace(VARIABLE, (_, escaped: string | undefined, name: string, otherwise?: string) => {
      if (escaped !== undefined) return escaped
      const set = environment[name]
      if (set !== undefined && (set !== '' || otherwise === undefined)) return set
      if (otherwise !== undefined) return otherwise
      const text = `the environment has no ${name}. Set it, or give a default: \${${name}:-…}`
      complain({ path, key: false, text })
      return ''
    })
  const inner = (key: PropertyKey, each: unknown) => interpolated(each, environment, complain, [...path, key])
  if (Array.isArray(value)) return value.map((each, index) => inner(index, each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(key, each)]))
}
