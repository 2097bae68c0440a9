import { posix } from 'node:path'
import type { Duplex } from 'node:stream'
import { constants } from 'node:os'
import {
  LONGEST_OF_APPS,
  type FileStatus,
  type Host,
  type HowToRead,
  type Listener,
  type Program,
} from '../../../host/host.js'
import type { SidecarConnection } from './connection.js'

/** As much of a file as one answer carries. */
const PIECE = 2 ** 20

/** The machine of the Docker engine as one app's harness sees it through a sidecar. */
export class SidecarHost implements Host {
  /** Where the app's part of the harness's folder is at the other end. */
  private place: string | null = null

  constructor(
    private readonly sidecar: SidecarConnection,
    /** The harness's folder, as the harness itself names it. */
    private readonly folder: string,
  ) {}

  get machine(): object {
    return this.sidecar
  }

  /** The folder is the app's from now on, and lasts until it is forgotten; the app ends with the harness. */
  async adopt(pid: number, folder: string): Promise<void> {
    this.place = (await this.sidecar.ask('adopt', pid, `/proc/${pid}/root${folder}`)).toString('latin1')
  }

  async forget(): Promise<void> {
    if (this.place === null) return
    const place = this.place
    this.place = null
    await this.sidecar.ask('forget', place).catch(() => undefined)
  }

  read(path: string, offset: number, length: number): Promise<Buffer> {
    return this.pieces(path, offset, length)
  }

  async readFile(path: string, how?: HowToRead): Promise<Buffer> {
    const whole = await this.pieces(path, 0, how ? LONGEST_OF_APPS + 1 : Infinity)
    if (how && whole.length > LONGEST_OF_APPS)
      throw Object.assign(new Error(`EFBIG: '${path}' is longer than ${LONGEST_OF_APPS} bytes`), {
        code: 'EFBIG',
      })
    return whole
  }

  async readText(path: string, how?: HowToRead): Promise<string> {
    return (await this.readFile(path, how)).toString('utf8')
  }

  async readlink(path: string): Promise<string> {
    return (await this.sidecar.ask('link', this.there(path))).toString('utf8')
  }

  fdinfo(pid: number, fds: readonly number[]): Promise<string[]> {
    return Promise.all(fds.map((fd) => this.readText(`/proc/${pid}/fdinfo/${fd}`).catch(() => '')))
  }

  async readdir(path: string): Promise<string[]> {
    const names = (await this.sidecar.ask('list', this.there(path))).toString('utf8')
    return names.split('\0').slice(0, -1)
  }

  async stat(path: string, how?: HowToRead): Promise<FileStatus> {
    const numbers = (await this.sidecar.ask('stat', this.there(path), how ? 'keep' : 'follow'))
      .toString('latin1')
      .split(' ')
      .map(Number)
    const [dev = 0, ino = 0, mode = 0, size = 0, uid = 0] = numbers
    return { dev, ino, mode, size, uid }
  }

  /** It belongs to root, whom every JVM believes. */
  async create(path: string): Promise<void> {
    await this.sidecar.ask('create', this.there(path))
  }

  /** Adds a word, and a NUL after it. */
  async append(path: string, word: string): Promise<void> {
    await this.sidecar.ask('append', this.there(path), word)
  }

  async unlink(path: string): Promise<void> {
    await this.sidecar.ask('delete', this.there(path))
  }

  async kill(pid: number, signal: Parameters<Host['kill']>[1]): Promise<void> {
    await this.sidecar.ask('kill', pid, signal === 0 ? 0 : constants.signals[signal])
  }

  async parents(): Promise<Map<number, number>> {
    const rows = (await this.sidecar.ask('processes')).toString('latin1').trimEnd().split('\n')
    return new Map(rows.map((row) => row.split(' ').map(Number) as [number, number]))
  }

  async now(): Promise<number> {
    return Number((await this.sidecar.ask('now')).toString('latin1'))
  }

  connect(path: string, { pid, uid }: Listener): Duplex {
    return this.sidecar.open('connect', this.there(path), String(pid), String(uid))
  }

  run(binary: string, args: string[]): Program {
    const channel = this.sidecar.open('run', posix.basename(binary), ...args)
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended: channel.ended.then((how) => (how.startsWith('signal') ? how : `exit status ${how}`)),
      kill: () => void channel.destroy(),
    }
  }

  private there(path: string): string {
    const rest = posix.relative(this.folder, path)
    if (rest.startsWith('..')) return path
    if (this.place !== null) return rest === '' ? this.place : `${this.place}/${rest}`
    throw Object.assign(new Error(`ENOENT: the app has no ${path} yet`), { code: 'ENOENT' })
  }

  private async pieces(path: string, offset: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let got = 0; got < length;) {
      const wanted = Math.min(PIECE, length - got)
      const piece = await this.sidecar.ask('read', this.there(path), offset + got, wanted)
      pieces.push(piece)
      got += piece.length
      if (piece.length < wanted) break
    }
    return Buffer.concat(pieces)
  }
}
