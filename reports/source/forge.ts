/** Where a line of the repository at hand can be looked at: by what a CI says of it, else by git's own remote. */
import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { SourcePlace } from './blocker-place.js'

type Forge = 'github' | 'gitlab' | 'bitbucket' | 'azure'

/** A repository on a forge, as of one commit. */
interface Published {
  forge: Forge
  /** As https, without credentials. */
  url: URL
  commit: string
}

type Environment = Readonly<Record<string, string | undefined>>

interface Repository {
  forge: Forge
  url: string | undefined
  commit: string | undefined
  folder: string | undefined
}

/** What Azure's pipelines call the forges that they fetch from, besides their own. */
const azureSources: Record<string, Forge> = {
  GitHub: 'github',
  GitHubEnterprise: 'github',
  Bitbucket: 'bitbucket',
}

/** What each CI calls the repository, its commit and its folder. */
const cis: ((env: Environment) => Repository)[] = [
  (env) => ({
    forge: 'github',
    url: env.GITHUB_REPOSITORY && `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${env.GITHUB_REPOSITORY}`,
    commit: env.GITHUB_SHA,
    folder: env.GITHUB_WORKSPACE,
  }),
  (env) => ({
    forge: 'gitlab',
    url: env.CI_PROJECT_URL,
    commit: env.CI_COMMIT_SHA,
    folder: env.CI_PROJECT_DIR,
  }),
  (env) => ({
    forge: 'bitbucket',
    url: env.BITBUCKET_GIT_HTTP_ORIGIN?.replace(/^http:/, 'https:'),
    commit: env.BITBUCKET_COMMIT,
    folder: env.BITBUCKET_CLONE_DIR,
  }),
  (env) => ({
    forge: azureSources[env.BUILD_REPOSITORY_PROVIDER ?? ''] ?? 'azure',
    url: env.BUILD_REPOSITORY_URI,
    commit: env.BUILD_SOURCEVERSION,
    folder: env.BUILD_SOURCESDIRECTORY,
  }),
]

/** Addresses of lines of one repository. Git is asked once for each folder, and nobody over a network. */
export class SourceLinks {
  private readonly known = new Map<string, { top: string; published: Published | null }>()

  constructor(
    /** The folder that places are named from. */
    private readonly root: string,
    private readonly environment: Environment = process.env,
  ) {}

  /** Null where the repository is on no forge that is known. */
  to({ file, line }: SourcePlace): string | null {
    const { top, published } = this.at(dirname(join(this.root, file)))
    const path = relative(top, join(realOf(this.root), file)).split(sep)
    return published === null || path[0] === '..' ? null : addressOf(published, path, line)
  }

  private at(folder: string): { top: string; published: Published | null } {
    const known = this.known.get(folder)
    if (known !== undefined) return known
    const [top = realOf(this.root), head] =
      git(folder, 'rev-parse', '--show-toplevel', 'HEAD')?.split('\n') ?? []
    const published = fromCi(this.environment, top) ?? fromGit(folder, head)
    this.known.set(folder, { top, published })
    return { top, published }
  }
}

/** Only of the repository that the CI is about: others may be checked out beside it. */
function fromCi(environment: Environment, top: string): Published | null {
  for (const ci of cis) {
    const { forge, url, commit, folder } = ci(environment)
    if (url === undefined || (folder !== undefined && realOf(folder) !== top)) continue
    const published = publishedAs(forge, url, commit)
    if (published !== null) return published
  }
  return null
}

function fromGit(folder: string, commit: string | undefined): Published | null {
  const remote = git(folder, 'remote', 'get-url', 'origin')
  if (remote === null || !URL.canParse(remote)) return null
  const forge = forgeOf(new URL(remote).hostname)
  return forge && publishedAs(forge, remote, commit)
}

/** A host of its own is known by the name that teams give it. */
function forgeOf(host: string): Forge | null {
  if (host.startsWith('github.')) return 'github'
  if (host.startsWith('gitlab.')) return 'gitlab'
  if (host === 'bitbucket.org') return 'bitbucket'
  return host === 'dev.azure.com' || host.endsWith('.visualstudio.com') ? 'azure' : null
}

/** What is no https address or no commit is no link; names, passwords and tokens of an address stay out of it. */
function publishedAs(forge: Forge, address: string, commit: string | undefined): Published | null {
  if (!URL.canParse(address) || commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return null
  const url = new URL(address)
  if (url.protocol !== 'https:') return null
  url.username = url.password = url.search = url.hash = ''
  url.pathname = url.pathname.replace(/\/$/, '').replace(/\.git$/, '')
  return url.pathname === '/' ? null : { forge, url, commit }
}

function addressOf({ forge, url, commit }: Published, path: string[], line: number | null): string {
  const file = path.map(encodeURIComponent).join('/')
  const at = line === null ? '' : String(line)
  if (forge === 'azure') {
    const lines = line === null ? '' : `&line=${at}&lineEnd=${line + 1}&lineStartColumn=1&lineEndColumn=1`
    return `${url.href}?path=/${file}&version=GC${commit}${lines}`
  }
  const between = { github: 'blob', gitlab: '-/blob', bitbucket: 'src' }[forge]
  const hash = at && `${forge === 'bitbucket' ? '#lines-' : '#L'}${at}`
  return `${url.href}/${between}/${commit}/${file}${hash}`
}

/** What git says of a folder; null where there is no git, or no repository that it trusts. */
function git(folder: string, ...words: string[]): string | null {
  // A hook's variables are about another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  try {
    return execFileSync('git', ['-C', folder, ...words], {
      env,
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}
