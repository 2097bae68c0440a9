/** How the help of a command is laid out: its options by what they decide, and what it reads of the environment. */

import { largest } from '../model/lists.js'

/** As the parser gives it. */
interface Section {
  title?: string
  body: string
}

const groups: Record<string, readonly string[]> = {
  'The app': [
    ...['name', 'ready', 'timeout', 'warm-up', 'main-class', 'cwd', 'env', 'jdk-option', 'max-output', 'pid'],
    ...['file', 'jobs'],
  ],
  'The app in a container': [
    ...['image', 'port', 'user', 'bind', 'tmpfs', 'network', 'label', 'memory', 'read-only', 'init', 'pull'],
  ],
  'What is done': [
    ...[
      'engine',
      'crac-version',
      'checkpoint-timeout',
      'restore',
      'restore-once',
      'restore-budget',
      'keep-image',
      'trace',
      'boot-stacks',
    ],
    ...['for', 'at-exit', 'watch', 'diff'],
  ],
  'What passes': ['baseline', 'update-baseline', 'accept', 'strict'],
  'What is written': [
    ...['json', 'answers', 'junit', 'html', 'sarif', 'code-quality', 'annotations', 'otlp', 'report-folder'],
    ...['policies', 'by', 'stacks', 'collapsed', 'flame', 'speedscope'],
    ...['mask', 'quiet', 'verbose', 'profile', 'no-color'],
  ],
}

const environment = [
  ['DEBUG=crac-preflight:*', 'Tell on standard error what is done'],
  ['NO_COLOR, FORCE_COLOR, CI', 'No colours; colours also in pipes (0: none); a CI’s log takes colours'],
  ['GITHUB_ACTIONS, GITLAB_CI', 'Which annotations "auto" means'],
  ['DOCKER_HOST', 'Which Docker engine runs apps in containers'],
  ['JAVA_HOME', 'A JDK that doctor lists, and that a script of an app may start'],
  ['CRAC_PREFLIGHT_CRIU', 'Which CRIU restores'],
  ['CRAC_PREFLIGHT_SIDECAR', '1: look at containers through a sidecar, 0: never'],
  ['CRAC_PREFLIGHT_PROBES', 'Where the built probes lie, if not in the package'],
  ['OTEL_EXPORTER_OTLP_*', 'Where and how a receiver of OTLP is reached'],
  ['OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES', 'Attributes of the sender that it gets'],
] as const

/** Below so many options nobody needs groups. */
const MANY = 8

/** The parser's sections, with options in groups and the environment below them. */
export function laidOut(sections: readonly Section[]): Section[] {
  return sections.flatMap((section) =>
    section.title === 'Options' ? [...optionSections(section.body), environmentSection()] : [section],
  )
}

function optionSections(body: string): Section[] {
  const lines = body.split('\n').map((line) => line.trimEnd().replace('(default: true)', '').trimEnd())
  if (lines.length < MANY) return [{ title: 'Options', body: lines.join('\n') }]
  const groupOf = (line: string): string => {
    const name = /--([\w-]+)/.exec(line)?.[1] ?? ''
    return Object.entries(groups).find(([, names]) => names.includes(name))?.[0] ?? 'Options'
  }
  return [...Object.keys(groups), 'Options'].flatMap((title) => {
    const own = lines.filter((line) => groupOf(line) === title)
    return own.length === 0 ? [] : [{ title, body: own.join('\n') }]
  })
}

function environmentSection(): Section {
  const width = largest(environment.map(([names]) => names.length))
  return {
    title: 'Environment',
    body: environment.map(([names, text]) => `  ${names.padEnd(width)}  ${text}`).join('\n'),
  }
}
