import type { Report } from '../../../../harness/model/report.js'
import type { Program } from './program.js'

const netty: Pick<Program, 'at'> = { at: 'netty/nettys' }
const server: Pick<Program, 'at'> = { at: 'servers/servers' }

/** The properties that remedies name, as relocated as their Netty. */
const named = ({ blockers }: Report): string[] =>
  blockers.flatMap(({ remedy }) =>
    [...remedy.text.matchAll(/-D[\w.]+\.noNative=true/g)].map(([option]) => option),
  )

const nio = { mode: 'followed', options: ['-Dio.netty.transport.noNative=true'] } as const

/** Netty, what is built on it, and other servers. */
export const serverPrograms: Program[] = [
  { ...netty, name: 'NettyNio', everyTime: true },
  {
    ...netty,
    name: 'NettyEpoll',
    follows: nio,
  },
  {
    ...netty,
    name: 'NettyEpoll',
    variant: 'untraced',
    trace: 'none',
    follows: nio,
  },
  {
    ...netty,
    name: 'NettyIoUring',
    follows: nio,
  },
  { ...netty, name: 'Grpc', options: nio.options, follows: nio },
  { ...netty, name: 'GrpcShaded', follows: { mode: 'followed', options: named } },
  { ...netty, name: 'ReactorNetty', options: nio.options, follows: nio },
  { ...netty, name: 'ReactorNettyGlobal', peer: 'http', options: nio.options, follows: nio },
  { ...netty, name: 'Vertx' },
  { ...netty, name: 'Armeria', follows: nio },
  { ...netty, name: 'Dubbo' },
  { ...server, name: 'UndertowServer' },
  { ...server, name: 'JettyServer' },
  { ...server, name: 'TomcatServer' },
  { ...server, name: 'JavalinServer' },
  { ...server, name: 'GrizzlyServer' },
  { ...server, name: 'JdkServer' },
]
