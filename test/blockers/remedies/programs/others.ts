import type { Program } from './program.js'

const other: Pick<Program, 'at'> = { at: 'jdk/others' }
const native: Pick<Program, 'at'> = { at: 'native/natives' }
const policies = ['-Djdk.crac.resource-policies={folder}/policies.yaml']

/** What else the JDK's own classes and native code hold, and what a checkpoint fails for beside descriptors. */
export const otherPrograms: Program[] = [
  { ...other, name: 'Watching', everyTime: true },
  { ...other, name: 'Child' },
  { ...other, name: 'Child', variant: 'untraced', trace: 'none' },
  { ...other, name: 'NioPipe' },
  {
    ...other,
    name: 'NioPipe',
    variant: 'under a policy',
    cracVersion: '21',
    options: policies,
    files: { 'policies.yaml': 'type: pipe\naction: close\n' },
    follows: { mode: 'followed', files: { 'policies.yaml': 'type: file\npath: none\naction: close\n' } },
  },
  { ...other, name: 'ChannelGroup', peer: 'silent' },
  { ...other, name: 'ChannelGroup', variant: 'untraced', peer: 'silent', trace: 'none' },
  { ...other, name: 'VirtualThreads', peer: 'http', jdk: 21, cracVersion: '21' },
  { ...other, name: 'ThrowingResource' },
  {
    ...other,
    name: 'Idle',
    variant: 'with a wrong policy',
    options: policies,
    files: { 'policies.yaml': 'path: data.txt\naction: close\n' },
    follows: { files: { 'policies.yaml': 'type: file\npath: data.txt\naction: close\n' } },
  },
  {
    ...other,
    name: 'Idle',
    variant: 'with remote management',
    options: [
      '-Dcom.sun.management.jmxremote.port=0',
      '-Dcom.sun.management.jmxremote.authenticate=false',
      '-Dcom.sun.management.jmxremote.ssl=false',
    ],
    follows: { options: [] },
  },
  { ...native, name: 'NativePipe' },
  { ...native, name: 'NativeEvents' },
  { ...native, name: 'NativeWatch' },
  { ...native, name: 'NativeUnixSocket', variant: 'untraced', trace: 'none' },
]
