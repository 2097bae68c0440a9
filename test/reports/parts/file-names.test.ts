import { expect, test } from 'vitest'
import { nameFiles } from '../../../reports/parts/file-names.js'

const namesOf = (...scenarios: string[]): string[] => [
  ...nameFiles(scenarios.map((scenario) => ({ report: { scenario } }))).keys(),
]

test('a scenario that is a file name already keeps it', () => {
  expect(namesOf('orders', 'orders-1.2_b')).toEqual(['orders', 'orders-1.2_b'])
})

test('scenarios that look alike as file names have each their own', () => {
  const names = namesOf('订单服务', '支付服务', 'a b', 'a/b', 'a_b', 'Orders', 'orders', 'orders', 'orders')
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[\w.-]+$/)
})

test('a name is the same in the next run, whatever else is in it', () => {
  expect(namesOf('a b')).toEqual(namesOf('a b', 'a/b').slice(0, 1))
  expect(namesOf('a/b', 'a b')).toContain(namesOf('a b')[0])
})

test('no name leads out of its folder, is hidden, or is longer than a file system takes', () => {
  for (const name of namesOf('../../etc/passwd', '.hidden', '..', '', 'x'.repeat(1000), '名'.repeat(500)))
    expect(name).toMatch(/^[\w-][\w.-]{0,199}$/)
})
