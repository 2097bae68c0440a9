#!/usr/bin/env node
/**
 * `npm run test:kernels`: the tracer on Debian's kernels, each in a virtual machine; prints a table.
 * Words name kernels; --quick: only loading and exactness in C; --json: one line of results; others go to the tracer.
 */
import { whyNoGuests } from './kernels/boot.mjs'
import { runAll, runExact, withPrograms } from './kernels/jobs.mjs'
import { isThere, kernels } from './kernels/list.mjs'
import { setUp } from './run-visibly.mjs'

const args = process.argv.slice(2)
const after = args.indexOf('--')
const own = after < 0 ? args : args.slice(0, after)
const options = after < 0 ? [] : args.slice(after + 1)
const names = own.filter((arg) => !arg.startsWith('--'))
const unknown = names.find((name) => !kernels.some((kernel) => kernel.name === name))
const wanted = kernels.filter(({ name }) => names.length === 0 || names.includes(name))
const json = own.includes('--json')

const score = ({ right, of }) => `${right}/${of}`

const whole = (result) => isExact(result) && isExact(result.byTracepoints)

const isExact = (result) =>
  result.loads &&
  result.lost === 0 &&
  result.storm.of !== null &&
  result.storm.seen === result.storm.of &&
  result.records.of > 0 &&
  result.records.right === result.records.of &&
  (result.java === undefined ||
    (result.java.methods.of > 0 && result.java.methods.right === result.java.methods.of))

function print(rows) {
  const head = [
    'kernel',
    'loads',
    'or by',
    'missing',
    'trial',
    'records',
    'storm',
    'lost',
    'Java records',
    'Java methods',
  ]
  const cells = rows.map(({ kernel, result }) => [
    kernel.name,
    result.loads
      ? result.tracepoints
      : `no: ${result.error?.program ?? ''} ${result.error?.code ?? 'no answer'}`,
    result.byTracepoints.tracepoints ?? 'none',
    result.missing.join(', ') || 'none',
    result.trial ? `${result.trial.seen}/${result.trial.made}` : '-',
    score(result.records),
    `${result.storm.seen}/${result.storm.of}`,
    String(result.lost),
    result.java ? score(result.java.records) : '-',
    result.java ? score(result.java.methods) : '-',
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((row) => row[i].length)))
  for (const row of [head, ...cells]) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join('  '))
}

if (unknown !== undefined) {
  console.error(`Unknown kernel: ${unknown}; there are ${kernels.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 2
} else {
  if (!json) await setUp('kernels', [])
  const reason = whyNoGuests()
  const absent = wanted.filter((kernel) => !isThere(kernel))
  if (reason !== null) console.error(`No kernel can be booted here: ${reason}.`)
  for (const { name } of absent)
    console.error(`The kernel ${name} has not been fetched: build/kernels/${name}.failed says why.`)
  const rows = []
  await withPrograms(async (programs) => {
    for (const kernel of reason === null ? wanted.filter(isThere) : []) {
      const result = await (own.includes('--quick') ? runExact : runAll)(kernel, programs, options)
      rows.push({ kernel, result })
      if (json) continue
      for (const line of [...(result.doctor ?? []), ...(result.nobody ?? [])])
        console.log(`${kernel.name}  ${line}`)
      const details = {
        wrong: result.wrong,
        java: result.java?.wrong,
        evidence: result.java?.evidence,
        status: result.status,
      }
      console.log(`${kernel.name}  ${JSON.stringify(details)}`)
      if (result.java?.evidence === null)
        for (const line of result.said) console.log(`${kernel.name}  ${line}`)
      if (result.output !== null) console.log(result.output)
      if (result.console !== null) console.log(result.console)
    }
  })
  if (json)
    console.log(JSON.stringify(rows.map(({ kernel, result }) => ({ kernel: kernel.name, ...result }))))
  else print(rows)
  if (reason !== null || absent.length > 0 || !rows.every(({ result }) => whole(result))) process.exitCode = 1
}
