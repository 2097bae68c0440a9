import { noLosses } from '../../ledger/evidence.js'
import type { LedgerReading } from '../../ledger/ledger.js'
import type { Launch } from '../launch/launch.js'

const ENDED =
  'the app had gone on or ended with its own checkpoint before its descriptors could be read: owners are those of the stacks that the JVM printed'

/** The ledger of an app that can't be looked at any more. */
export const emptyReading = (): LedgerReading => ({
  entries: [],
  evidence: {
    ...{ tracer: 'none', records: 0, sampled: 0, unsampled: 0, lost: 0, losses: noLosses },
    ...{ lostSamples: 0, withoutOrigin: 0, note: ENDED },
  },
  links: new Map(),
  differences: [],
  closed: null,
})

/** Where its classes come from, as far as its command says. */
export function propertiesOf({ own, env, cwd, java }: Launch): Map<string, string> {
  const behind = (...options: string[]) => {
    const at = own.findIndex((word) => options.includes(word))
    return at < 0 ? undefined : own[at + 1]
  }
  const classPath = behind('-jar') ?? behind('-cp', '-classpath', '--class-path') ?? env.CLASSPATH ?? '.'
  return new Map([
    ['java.home', java.home],
    ['java.class.path', classPath],
    ['user.dir', cwd],
  ])
}
