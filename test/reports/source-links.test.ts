/** Links to lines of a repository: of a real one, and by what each CI says. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import { toHtml } from '../../reports/html/html.js'
import { SourceLinks } from '../../reports/source/forge.js'
import { springBoot } from '../fixtures/reports/reports.js'
import { browser, look } from '../support/browser.js'
import { needing } from '../support/capability.js'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'forge-')))
const own = 'orders app/src/main/java/com/acme/orders/Orders.java'
const path = 'orders%20app/src/main/java/com/acme/orders/Orders.java'
const git = (...words: string[]) => execFileSync('git', ['-C', root, ...words], { encoding: 'utf8' }).trim()
mkdirSync(join(root, own, '..'), { recursive: true })
writeFileSync(join(root, own), 'package com.acme.orders;')
git('init', '--quiet')
git('add', '.')
git('-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'a')
git('remote', 'add', 'origin', 'https://github.com/acme/orders.git')
const head = git('rev-parse', 'HEAD')
afterAll(() => {
  rmSync(root, { recursive: true })
})

const sha = 'c0ffee'.padEnd(40, '0')
const linkBy = (environment: Record<string, string>, line: number | null = 17) =>
  new SourceLinks(root, environment).to({ file: own, line })
const linkOf = (remote: string) => {
  git('remote', 'set-url', 'origin', remote)
  return linkBy({})
}

test('git’s remote and commit lead to a line on each forge', () => {
  expect(linkOf('https://github.com/acme/orders.git')).toBe(
    `https://github.com/acme/orders/blob/${head}/${path}#L17`,
  )
  expect(linkOf('https://gitlab.acme.com/shop/back/orders.git')).toBe(
    `https://gitlab.acme.com/shop/back/orders/-/blob/${head}/${path}#L17`,
  )
  expect(linkOf('https://bitbucket.org/acme/orders')).toBe(
    `https://bitbucket.org/acme/orders/src/${head}/${path}#lines-17`,
  )
  expect(linkOf('https://dev.azure.com/acme/shop/_git/orders')).toBe(
    `https://dev.azure.com/acme/shop/_git/orders?path=/${path}&version=GC${head}&line=17&lineEnd=18&lineStartColumn=1&lineEndColumn=1`,
  )
})

test('credentials of a remote are in no link, and what is no https address of a forge is none', () => {
  expect(linkOf('https://jane:ghp_secret@github.com/acme/orders.git')).toBe(
    `https://github.com/acme/orders/blob/${head}/${path}#L17`,
  )
  expect(linkOf('https://github.com/acme/orders.git?token=ghp_secret#ghp_secret')).not.toContain('secret')
  for (const remote of [
    'git@github.com:acme/orders.git',
    'ssh://git@github.com/acme/orders.git',
    'http://github.com/acme/orders.git',
    'https://git.acme.com/orders.git',
    'https://evil.com/github.com/orders.git',
    'https://github.com',
    'javascript:alert(1)',
    root,
  ])
    expect(linkOf(remote), remote).toBeNull()
})

test('each CI’s variables lead to a line of the repository that they are about, before git’s remote', () => {
  linkOf('https://github.com/acme/fork.git')
  const github = {
    GITHUB_SERVER_URL: 'https://ghe.acme.com',
    GITHUB_REPOSITORY: 'acme/orders',
    GITHUB_SHA: sha,
  }
  expect(linkBy(github)).toBe(`https://ghe.acme.com/acme/orders/blob/${sha}/${path}#L17`)
  expect(linkBy({ ...github, GITHUB_WORKSPACE: root }, null)).toBe(
    `https://ghe.acme.com/acme/orders/blob/${sha}/${path}`,
  )
  expect(linkBy({ ...github, GITHUB_WORKSPACE: tmpdir() })).toContain(`/acme/fork/blob/${head}/`)
  expect(linkBy({ CI_PROJECT_URL: 'https://git.acme.com/shop/orders', CI_COMMIT_SHA: sha })).toBe(
    `https://git.acme.com/shop/orders/-/blob/${sha}/${path}#L17`,
  )
  expect(
    linkBy({ BITBUCKET_GIT_HTTP_ORIGIN: 'http://bitbucket.org/acme/orders', BITBUCKET_COMMIT: sha }),
  ).toBe(`https://bitbucket.org/acme/orders/src/${sha}/${path}#lines-17`)
  const azure = {
    BUILD_REPOSITORY_URI: 'https://acme@dev.azure.com/acme/shop/_git/orders',
    BUILD_SOURCEVERSION: sha,
  }
  expect(linkBy(azure)).toMatch(/^https:\/\/dev\.azure\.com\/acme\/shop\/_git\/orders\?path=/)
  expect(linkBy({ ...github, GITHUB_SHA: 'main"><script>' })).toContain('/acme/fork/')
})

const repositoryPage = (): string => {
  linkOf('https://jane:ghp_secret@github.com/acme/orders.git')
  return toHtml([answerOf(springBoot)], { sources: root })
}

needing(browser)('a blocker’s card leads to its line', async () => {
  const file = join(root, 'page.html')
  writeFileSync(file, repositoryPage())
  await look(file, async ({ page, complaints }) => {
    const link = page
      .locator('.card')
      .first()
      .getByRole('link', { name: `${own}:17` })
    expect(await link.getAttribute('href')).toBe(`https://github.com/acme/orders/blob/${head}/${path}#L17`)
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(complaints).toEqual([])
  })
})

test('the page has the line of the repository for each blocker that comes from there', () => {
  const page = repositoryPage()
  const [, data = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? []
  const [first] = JSON.parse(data).answers[0].sourceLines
  expect(first).toMatchObject({ id: springBoot.blockers[0]!.id, file: own, line: 17 })
  expect(page).not.toContain('ghp_secret')
})
