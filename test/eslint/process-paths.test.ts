import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })
const file = 'harness/trace/probe-folder.ts'

async function breaches(text: string, path = file): Promise<number> {
  const [result] = await eslint.lintText(text, { filePath: join(root, path) })
  const messages = result?.messages ?? []
  expect(messages.filter(({ fatal }) => fatal)).toEqual([])
  return messages.filter(({ ruleId }) => ruleId === 'preflight/process-paths').length
}

const using = (what: string, call: string) => `import { ${what} } from 'node:fs/promises'\nawait ${call}\n`

test.for([
  ['chown', 'chown(`/proc/${pid}/root/tmp/x`, 1, 1)'],
  ['readFile as read', "read('/proc/1/root/etc/passwd')"],
  ['rm', "rm(join(jvm.root, 'tmp'))"],
  ['copyFile', "copyFile('/x', `${jvm.root}/x`)"],
  ['open', "open(`/proc/${pid}/cwd/x`, 'w')"],
  ['mkdir', "mkdir(root + '/tmp')"],
  ['readdir', 'readdir(`/proc/${pid}/root`)'],
  ['readlink', 'readlink(`/proc/${pid}/root/x`)'],
] as const)('%s of node:fs may not be given a path in an app’s root: %s', async ([what, call]) => {
  expect(await breaches(using(what, call))).toBe(1)
})

test('neither may a function of the whole module', async () => {
  expect(await breaches("import fs from 'node:fs'\nfs.rmSync(`/proc/${pid}/root/tmp`)\n")).toBe(1)
})

test('the Host, links of /proc itself and other files may be used, and inItsRoot’s own file', async () => {
  const calls = [
    ['readlink', 'readlink(`/proc/${pid}/root`)'],
    ['readFile', 'readFile(`/proc/${pid}/status`)'],
    ['readFile', 'localHost.readFile(`/proc/${pid}/root/x`)'],
    ['mkdir', "mkdir(join(tmpdir(), 'rooted'))"],
  ] as const
  for (const [what, call] of calls) expect([call, await breaches(using(what, call))]).toEqual([call, 0])
  expect(await breaches(using('open', 'open(`/proc/${pid}/root`)'), 'harness/host/process-root.ts')).toBe(0)
})
