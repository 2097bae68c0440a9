import { expect, test } from 'vitest'
import { inspectJava } from '../../harness/jvm/java.js'
import { chooseEngine } from '../../harness/run/launch.js'
import { jdk } from '../support/java.js'

test('a stock JDK is rehearsed, and one with CRaC asked itself, unless the user says otherwise', async () => {
  const stock = await inspectJava(jdk.java)
  const crac = { ...stock, crac: true }
  expect([chooseEngine('auto', stock), chooseEngine('auto', crac)]).toEqual(['rehearsal', 'crac'])
  expect([chooseEngine('rehearsal', stock), chooseEngine('crac', crac)]).toEqual(['rehearsal', 'crac'])
})

test('an engine that the JDK can’t have is refused with what to do', async () => {
  const stock = await inspectJava(jdk.java)
  expect(() => chooseEngine('crac', stock)).toThrow(
    /"crac" needs a CRaC JDK; .* is none\. Use --engine rehearsal/,
  )
  // A rehearsal there would end in a LinkageError inside the JDK.
  expect(() => chooseEngine('rehearsal', { ...stock, crac: true })).toThrow(
    /"rehearsal" is for a JDK without CRaC; .* has it, .* Leave --engine out/,
  )
})
