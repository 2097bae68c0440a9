import { packageVersion } from '../../host/package-root.js'
import type { Answer } from '../../model/answer.js'

interface Format {
  /** What the option does. */
  help: string
  load: (target: string) => Promise<(answers: readonly Answer[]) => string>
}

/** Every output that takes any answer, by the option that asks for it. Each is loaded only where it is asked for. */
export const formats: Record<string, Format> = {
  junit: {
    help: 'Write JUnit XML; - is standard output',
    load: async (xmlFile) => {
      const { toJunit } = await import('../../../reports/junit/junit.js')
      return (answers) => toJunit(answers, { xmlFile })
    },
  },
  html: {
    help: 'Write a self-contained page; - is standard output',
    load: async () => (await import('../../../reports/html/html.js')).toHtml,
  },
  sarif: {
    help: 'Write SARIF 2.1.0, for code scanning; - is standard output',
    load: async () => {
      const { toSarif } = await import('../../../reports/sarif.js')
      return (answers) => toSarif(answers, { version: packageVersion() })
    },
  },
  'code-quality': {
    help: 'Write GitLab’s code quality report; - is standard output',
    load: async () => (await import('../../../reports/code-quality.js')).toCodeQuality,
  },
}
