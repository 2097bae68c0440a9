/**
 * JUnit XML as its readers agree on it. The builders that npm has write no `line`, no `hostname`, and no message for
 * what was skipped; this is all that is needed of one.
 */
export interface JunitSuite {
  name: string
  seconds: number
  timestamp: Date
  hostname: string
  properties: [name: string, value: string][]
  cases: JunitCase[]
}

export interface JunitCase {
  className: string
  name: string
  seconds: number
  file: string | null
  line: number | null
  /** Null: it passed. */
  outcome: JunitOutcome | null
  output: string
}

export interface JunitOutcome {
  kind: 'failure' | 'error' | 'skipped'
  message: string
  type: string | null
  text: string
}

export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases)
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counts(cases), time: timeOf(seconds) })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>\n',
  ].join('\n')
}

function suiteLines(suite: JunitSuite): string[] {
  const { name, seconds, hostname, properties, cases } = suite
  const timestamp = suite.timestamp.toISOString().slice(0, 'YYYY-MM-DDTHH:mm:ss'.length)
  return [
    `  <testsuite${attributes({ name, ...counts(cases), time: timeOf(seconds), timestamp, hostname })}>`,
    '    <properties>',
    ...properties.map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
    '    </properties>',
    ...cases.flatMap(caseLines),
    '  </testsuite>',
  ]
}

function caseLines(testCase: JunitCase): string[] {
  const { className: classname, name, seconds, file, line, outcome, output } = testCase
  const children = [
    ...(outcome === null ? [] : [outcomeLine(outcome)]),
    ...(output === '' ? [] : [`      <system-out>${cdata(output)}</system-out>`]),
  ]
  const opening = `    <testcase${attributes({ classname, name, time: timeOf(seconds), file, line })}`
  return children.length === 0 ? [`${opening}/>`] : [`${opening}>`, ...children, '    </testcase>']
}

function outcomeLine({ kind, message, type, text }: JunitOutcome): string {
  const opening = `      <${kind}${attributes({ message, type })}`
  return text === '' ? `${opening}/>` : `${opening}>${cdata(text)}</${kind}>`
}

function counts(cases: readonly JunitCase[]): Record<string, number> {
  const of = (kind: JunitOutcome['kind']) => cases.filter(({ outcome }) => outcome?.kind === kind).length
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
}

const timeOf = (seconds: number): string => seconds.toFixed(3)

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function attributes(values: Record<string, string | number | null>): string {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === null
        ? []
        : [` ${name}="${String(value).replace(/[&<>"]/g, (each) => entities[each] ?? '')}"`],
    )
    .join('')
}

const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
