import type { Program } from './program.js'

const socket: Pick<Program, 'at'> = { at: 'jdk/sockets' }
const native: Pick<Program, 'at'> = { at: 'native/natives' }
const silent = { ...socket, peer: 'silent' } as const

/** What holds sockets and selectors with the JDK's own classes, or with native code. */
export const socketPrograms: Program[] = [
  { ...socket, name: 'Datagram' },
  { ...socket, name: 'Listening' },
  { ...socket, name: 'Listening', variant: 'as 21', cracVersion: '21' },
  { ...socket, name: 'Accepted', peer: 'caller' },
  { ...silent, name: 'Connected', everyTime: true },
  { ...silent, name: 'Connected', variant: 'as 21.0.4', cracVersion: '21.0.4' },
  { ...silent, name: 'LostChannel' },
  { ...silent, name: 'LostChannel', variant: 'as 21.0.4', cracVersion: '21.0.4' },
  { ...socket, name: 'ClosedWithKey', variant: 'as 21.0.4', cracVersion: '21.0.4' },
  { ...silent, name: 'RegisteredChannel' },
  { ...silent, name: 'RegisteredChannel', variant: 'as 21', cracVersion: '21' },
  { ...silent, name: 'RegisteredChannel', variant: 'as 21.0.4', cracVersion: '21.0.4' },
  { ...native, name: 'NativeSocket' },
]
