/** What the world puts around CRaC's words: each turns the lines of a text into the lines that a user sees. */
type Wrapper = (lines: string[]) => string[]

const prefix =
  (before: string): Wrapper =>
  (lines) =>
    lines.map((line) => before + line)

export const wrappers: Record<string, Wrapper> = {
  'docker compose': prefix('orders-1  | '),
  'docker compose v1': prefix('orders_1    | '),
  'kubectl --prefix': prefix('[pod/orders-5c9f/app] '),
  'a container runtime': prefix('2026-11-22T16:23:38.123456789Z stderr F '),
  BuildKit: prefix('#12 3.456 '),
  'Jenkins time stamps': prefix('[2026-11-22T16:23:38.123Z] '),
  'Jenkins clock': prefix('16:23:38  '),
  Maven: prefix('[INFO] '),
  'Maven stdout': prefix('[INFO] [stdout] '),
  'Maven error': prefix('[ERROR] '),
  'Gradle test output': prefix('    '),
  'GitHub Actions': prefix('2026-11-22T16:23:38.1234567Z '),
  'GitLab runner': prefix('2026-11-22T16:23:38.123456Z 01E '),
  journald: prefix('Nov 22 16:23:38 host-1 java[4711]: '),
  Heroku: prefix('2026-11-22T16:23:38.123456+00:00 app[web.1]: '),
  'Spring Boot': prefix(
    '2026-11-22T16:23:38.123Z  INFO 8 --- [orders] [Attach Listener] c.a.orders.Launcher      : ',
  ),
  'Spring Boot 2': prefix('2026-11-22 16:23:38.123  WARN 4711 --- [           main] c.a.Launcher : '),
  Logback: prefix('16:23:38.123 [main] ERROR com.acme.Launcher - '),
  'Jetty StdErrLog': prefix('2026-11-22 16:23:38.123:WARN:oejs.Server:Attach Listener: '),
  Quarkus: prefix('2026-11-22 16:23:38,123 ERROR [com.acme.Main] (Attach Listener) '),
  Liberty: prefix('[AUDIT   ] '),
  'JVM unified logging': prefix('[2.930s][info][crac] '),
  quotation: prefix('> '),
  'compose around Spring Boot': prefix('web-1 | 2026-11-22T16:23:38.123Z ERROR 1 --- [main] c.a.L : '),
  'ANSI colours': (lines) =>
    lines.map((line) => `\u001b[36m16:23:38.123\u001b[0;39m \u001b[1;31m${line}\u001b[0m`),
  CRLF: (lines) => lines.map((line) => `${line}\r`),
  'spaces for tabs': (lines) => lines.map((line) => line.replaceAll('\t', '        ')),
  'four spaces for tabs': (lines) => lines.map((line) => line.replaceAll('\t', '    ')),
  'JSON record per line': (lines) =>
    lines.map((line) =>
      JSON.stringify({ '@timestamp': '2026-11-22T16:23:38Z', level: 'INFO', message: line }),
    ),
  'docker json-file': (lines) =>
    lines.map((line) =>
      JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-22T16:23:38.1Z' }),
    ),
  'JSON field': (lines) => [
    JSON.stringify({
      level: 'ERROR',
      message: 'An exception "x"',
      stack_trace: lines.join('\n'),
      thread: 'main',
    }),
  ],
  'JSON field with CRLF': (lines) => [
    JSON.stringify({ log: { level: 'ERROR' }, error: { stack_trace: lines.join('\r\n') } }),
  ],
  'JSON in JSON': (lines) => [
    `web-1 | ${JSON.stringify({ log: `${JSON.stringify({ message: lines.join('\n') })}\n`, stream: 'stdout' })}`,
  ],
  logfmt: (lines) => [`level=error trace=${JSON.stringify(lines.join('\n'))} thread="main"`],
  'an escaped line': (lines) => [`msg=failed trace=${lines.join('\\n').replaceAll('\t', '\\t')}`],
}
