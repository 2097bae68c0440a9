import { expect, test } from 'vitest'
import { toSpeedscope } from '../../../reports/flame/speedscope.js'
import { hostileLedger, ledger } from '../../fixtures/reports/ledgers.js'

interface Profile {
  shared: { frames: { name: string }[] }
  profiles: [{ type: string; endValue: number; samples: number[][]; weights: number[] }]
}

test('each descriptor is a sample, outermost frame first, of frames that are there once', () => {
  const { shared, profiles } = JSON.parse(toSpeedscope(ledger, 'orders')) as Profile
  const names = shared.frames.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const [{ type, endValue, samples, weights }] = profiles
  expect({ type, endValue, weights }).toEqual({ type: 'sampled', endValue: 5, weights: [1, 1, 1, 1, 1] })
  expect(samples[0]?.map((place) => names[place])).toEqual([
    'com.acme.Main.main(Main.java:7)',
    'com.acme.Pool.open(Pool.java:42)',
    'java.io.FileInputStream.<init>(FileInputStream.java:157)',
    'java.io.FileInputStream.open0(FileInputStream.java)',
    '[file] openat',
  ])
})

test('no name of the app hides anything', () => {
  expect(toSpeedscope(hostileLedger, 'x\u202e').trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
})
