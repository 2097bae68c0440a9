import { one, oneOf, type RawOptions } from './options.js'

/** The log format to annotate in; null unless the user asks, since what is no CI would show it as noise. */
export function annotationFormat(
  options: RawOptions,
  environment: NodeJS.ProcessEnv = process.env,
): 'github' | 'gitlab' | null {
  if (one(options, 'annotations') === undefined) return null
  const asked = oneOf(options, 'annotations', ['github', 'gitlab', 'auto'], 'auto')
  if (asked !== 'auto') return asked
  if (environment.GITHUB_ACTIONS === 'true') return 'github'
  return environment.GITLAB_CI === 'true' ? 'gitlab' : null
}
