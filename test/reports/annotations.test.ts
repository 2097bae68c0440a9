import { expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import type { Report } from '../../harness/model/report.js'
import { toAnnotations as annotationsOf, type AnnotationFormat } from '../../reports/annotations.js'
import { checkpointable, failed, hostile, springBoot } from '../fixtures/reports/reports.js'

const toAnnotations = (report: Report, format: AnnotationFormat, now?: Date) =>
  annotationsOf([answerOf(report)], format, now)

const noon = new Date('2026-01-02T12:00:00Z')

test('GitHub gets one error per blocker, with owner and remedy', () => {
  const report = { ...springBoot, blockers: springBoot.blockers.slice(1) }
  expect(toAnnotations(report, 'github')).toBe(
    '::error title=spring-boot-web%3A open file /srv/orders/logs/orders.log::' +
      'Owner: ch.qos.logback.core.recovery.ResilientFileOutputStream.<init>(ResilientFileOutputStream.java:28)' +
      ' in logback-core-1.5.18.jar (ch.qos.logback:logback-core:1.5.18)' +
      '%0ACheckpointOpenFileException: /srv/orders/logs/orders.log' +
      '%0ARemedy: Log to standard output, or let a policy close the file and reopen it after the restore.\n',
  )
})

test('percent, comma and colon are escaped where GitHub reads them', () => {
  const [blocker] = springBoot.blockers
  const odd = { ...blocker!, summary: '100%, a:b', remedy: { text: '50%0A, c:d', policy: null } }
  const text = toAnnotations({ ...springBoot, blockers: [odd] }, 'github')
  expect(text).toContain('title=spring-boot-web%3A 100%25%2C a%3Ab::')
  expect(text).toMatch(/Remedy: 50%250A, c:d\n$/)
})

test('a failed check is an error with its code, a checkpointable app a notice', () => {
  expect(toAnnotations(failed, 'github')).toMatch(
    /^::error title=[^:]*no verdict[^:]*::APP_NOT_READY: The app/,
  )
  expect(toAnnotations(checkpointable, 'github')).toMatch(/^::notice title=/)
})

test('the app can add no line of its own to the CI log', () => {
  const lines = toAnnotations(hostile, 'github').trimEnd().split('\n')
  expect(lines.map((line) => line.slice(0, 14))).toEqual(['::error title=', '::error title='])
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  const gitlab = toAnnotations(hostile, 'gitlab', noon)
  expect(gitlab.match(/section_(start|end):/g)).toHaveLength(4)
  expect(gitlab).not.toMatch(/^\s*::/m)
})

test('GitLab gets one section per blocker', () => {
  const report = { ...springBoot, blockers: springBoot.blockers.slice(1) }
  const lines = toAnnotations(report, 'gitlab', noon).split('\n')
  const clear = '\u001b[0K'
  expect(lines[0]).toBe(
    `${clear}section_start:1767355200:crac_preflight_0_spring_boot_web\r${clear}spring-boot-web: open file /srv/orders/logs/orders.log`,
  )
  expect(lines[1]).toMatch(/^ {2}Owner: ch\.qos\.logback/)
  expect(lines.at(-2)).toBe(`${clear}section_end:1767355200:crac_preflight_0_spring_boot_web\r${clear}`)
  expect(toAnnotations(checkpointable, 'gitlab', noon)).toContain('_orders[collapsed=true]\r')
})
