/** No snippet of README, docs and examples is there that no test reads: a new one fails here until it has a test. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

/** Which test reads the blocks of a language on a page: those of `*` on all that are not named. */
const readers: Record<string, Record<string, string>> = {
  sh: {
    '*': 'docs/run',
    'docs/ci.md': 'docs/ci',
    examples: 'docs/examples',
    'CONTRIBUTING.md': 'docs/commands',
  },
  ts: { '*': 'docs/typed' },
  yaml: {
    'docs/services.md': 'docs/services',
    'docs/baseline.md': 'docs/services',
    'docs/ci.md': 'docs/snippets',
    'docs/kubernetes.md': 'kubernetes/errors',
  },
  groovy: { 'docs/java.md': 'docs/java', 'docs/ci.md': 'docs/snippets' },
  java: { 'docs/java.md': 'docs/junit5' },
  xml: { 'docs/java.md': 'docs/snippets' },
  dockerfile: { 'docs/restore.md': 'docs/snippets' },
}

const read = (page: string): string => readFileSync(join(packageRoot, page), 'utf8')
const below = (folder: string): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
const pages = ['README.md', 'CONTRIBUTING.md', ...below('docs'), ...below('examples')]

interface Block {
  page: string
  language: string
  text: string
}

/** Blocks without a language show what is printed, and are nobody's to type. */
const blocks = pages.flatMap((page): Block[] =>
  [...read(page).matchAll(/^ *```(\w+)\n([^]*?)^ *```$/gm)].map(([, language = '', text = '']) => ({
    ...{ page, language, text },
  })),
)

test('each snippet has a test that reads it', () => {
  expect(blocks.length).toBeGreaterThan(30)
  for (const { page, language } of blocks) {
    const by = readers[language] ?? {}
    const reader = by[page] ?? by[page.split('/')[0] ?? ''] ?? by['*']
    expect(reader, `a ${language} block of ${page} is read by no test`).toBeDefined()
    const name = page.split('/').at(-1) ?? ''
    const text = read(`test/${reader ?? ''}.test.ts`)
    // It names the page, the folder of the page, or reads each page there is.
    const reads = [name, page.split('/')[0] ?? '', 'readdirSync'].some((word) => text.includes(word))
    expect(reads, `${reader ?? ''} reads nothing of ${page}`).toBe(true)
  }
})

test('lines that other CIs wrap are those that a shell has run', () => {
  const ci = blocks.filter(({ page }) => page === 'docs/ci.md')
  const shell = ci.filter(({ language }) => language === 'sh').map(({ text }) => text)
  const wrapped = ci
    .filter(({ language }) => language === 'yaml' || language === 'groovy')
    .flatMap(({ text }) =>
      [...text.matchAll(/npx --yes crac-preflight [^'"\n]+/g)].map(([line]) => line.trim()),
    )
  expect(wrapped.length).toBeGreaterThan(0)
  for (const line of wrapped) expect(shell.join(''), line).toContain(line)
})

test('the dependency that java.md shows is the module of this package', () => {
  const text = blocks.find(({ language }) => language === 'xml')?.text ?? ''
  const module = read('java/junit5/pom.xml')
  for (const name of ['groupId', 'artifactId', 'version']) {
    const value = (xml: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1]
    expect([name, value(text)]).toEqual([name, value(module)])
  }
})

test('the Dockerfile that restore.md shows has the instructions of the one that is built and run', () => {
  const shown = blocks.find(({ language }) => language === 'dockerfile')?.text ?? ''
  const words = shown
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0])
  expect(read('test/app/container/restored.test.ts')).toContain(
    `toEqual([${words.map((word) => `'${word}'`).join(', ')}])`,
  )
})
