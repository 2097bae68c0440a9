/** What README and docs tell a reader to type exists, what they quote is printed, and each page is found from the index. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { run } from '../cli/command-line.js'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const below = (folder: string, extension: string): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`)

const docs = below('docs', '.md')
const pages = ['README.md', 'CONTRIBUTING.md', ...docs, ...below('examples', '.md')]
const commands = ['check', 'trace', 'explain', 'diff', 'merge', 'init', 'doctor']
const help = new Map<string, string>()
beforeAll(async () => {
  for (const command of commands) help.set(command, (await run([command, '--help'])).stdout)
}, 120_000)

const optionsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([word]) => word)
const knows = (command: string, option: string): boolean =>
  new RegExp(`${option}(?![\\w-])`).test(help.get(command) ?? '')

/** The calls of crac-preflight in a text that a shell reads, each with its own options; what follows `--` is the app's. */
function calls(script: string): { command: string; own: string }[] {
  return script
    .replaceAll(/\\\n\s*/g, ' ')
    .split(/\n|&&|;|\|(?!\w)/)
    .map((line) => line.replace(/\s#.*/, ''))
    .map((line) => /(?:^\s*|npx (?:--yes )?)crac-preflight(?:@\S+)? ([a-z]+)(.*)/.exec(line))
    .filter((match) => match !== null)
    .map(([, command = '', rest = '']) => ({ command, own: rest.split(/ --(?: |$)/)[0] ?? '' }))
}

/** Options of other programs that stand in backticks by themselves. */
const foreign = new Set([
  ...['--network', '--cap-drop', '--security-opt'], // Docker's
  '--file-locks', // CRIU's
  '--patch-module', // the JVM's
  '--server', // Spring Boot's
  '--summary-matrix', // junit2html's
  '--seconds', // of "npm run fuzz"
  '--option', // any of ours
])

test.for(pages)('%s: each command and option is one', (page) => {
  const text = read(page)
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n([^]*?)^```$/gm)].map(([, block = '']) => block)
  const spans = [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span = '']) => span,
  )
  const wrong: string[] = []
  for (const { command, own } of [...blocks, ...spans].flatMap(calls)) {
    if (!commands.includes(command)) wrong.push(`crac-preflight ${command}`)
    else
      wrong.push(
        ...optionsIn(own)
          .filter((option) => !knows(command, option))
          .map((o) => `${command} ${o}`),
      )
  }
  for (const span of spans.filter((span) => span.startsWith('--')))
    for (const option of optionsIn(span))
      if (!foreign.has(option) && !commands.some((command) => knows(command, option))) wrong.push(option)
  expect(wrong).toEqual([])
})

test('the index has each page', () => {
  const index = read('docs/README.md')
  const unlinked = docs.filter(
    (page) => !page.endsWith('/README.md') && !index.includes(`(${page.slice(5)})`),
  )
  expect(unlinked).toEqual([])
})

test('the first screen of the README is a sentence, the command, the picture and the links', () => {
  const [screen = ''] = read('README.md').split('\n## ')
  const prose = screen.split('\n').filter((line) => /^[A-Z]/.test(line))
  expect(prose).toHaveLength(1)
  expect(screen).toMatch(/```sh\nnpm i -D crac-preflight\nnpx crac-preflight check -- java -jar \S+\n```/)
  expect(screen).toContain('docs/images/page-light.png')
  expect(screen.split('\n').length).toBeLessThan(20)
})

test('each sentence of troubleshooting.md is one that is printed', () => {
  const sources = ['harness', 'reports'].flatMap((folder) => below(folder, '.ts')).map(read)
  const rows = [...read('docs/troubleshooting.md').matchAll(/^\| [^|]+ \| (`[^|]+`) +\| /gm)]
  expect(rows.length).toBeGreaterThan(25)
  for (const [, sentences = ''] of rows)
    for (const [, sentence = ''] of sentences.matchAll(/`([^`]+)`/g)) {
      const parts = sentence
        .split('…')
        .map((part) => part.trim())
        .filter((part) => part.length > 1)
      const isPrinted = sources.some((source) => parts.every((part) => source.includes(part)))
      expect({ sentence, isPrinted }).toEqual({ sentence, isPrinted: true })
    }
})
