import { expect, test } from 'vitest'
import type { Report } from '../../harness/model/report.js'
import { toJson } from '../../reports/json.js'
import { all, hostile, springBoot } from '../fixtures/reports/reports.js'

test('the JSON text gives back the very report', () => {
  for (const report of all) expect(JSON.parse(toJson(report))).toEqual(report)
})

test('the text is indented, ends with a newline and holds nothing that a terminal obeys', () => {
  const text = toJson(hostile)
  expect(text).toMatch(/^\{\n {2}"schema": "crac-preflight\/report@1",\n/)
  expect(text).toMatch(/\n\}\n$/)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
})

test('what is no report is refused and names the field', () => {
  const { evidence, ...rest } = springBoot
  expect(() => toJson(rest as Report)).toThrow(/evidence/)
  expect(() => toJson({ ...springBoot, evidence: { ...evidence, lost: 0.5 } })).toThrow(/lost/)
  expect(() => toJson({ ...springBoot, extra: 1 } as Report)).toThrow(/extra/)
})
