import { allowingOptions, type RemedyRule } from './rule.js'

const POLICIES = 'https://github.com/CRaC/docs/blob/master/fd-policies.md'
const API = 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/'
const LOCKS = 'https://criu.org/File_locks'
const WITH_POLICY = 'this policy (-Djdk.crac.resource-policies=FILE)'
const ASYNCHRONOUS =
  'An AsynchronousFileChannel can not be handled by a policy (the JDK fails to ask it for its path): close it in ' +
  'beforeCheckpoint and open it in afterRestore.'
const NO_POLICY = 'The JVM finds it natively, so that no policy helps.'

/** Stands for the beginnings of the cause's own paths, as far as they are the same on every run. */
export const PREFIXES = '{prefixes}'

/** A JVM does not start with an option that it does not know: its name is given where it is known, else how to ask. */
function allowing(
  when: RemedyRule['when'],
  text: (option: string) => string,
  [newest, old, other]: [string, string, string],
): RemedyRule[] {
  const rest = { policy: null, source: 'https://github.com/openjdk/crac/pull/137' }
  const ask = 'java -XX:+PrintFlagsFinal -version | grep AllowedOpenFilePrefixes'
  const [newer, older] = allowingOptions.map((name) => `-XX:${name}=${PREFIXES}`)
  const asked = 'test/blockers/remedies/options.test.ts'
  return [
    { when: { ...when, takes: allowingOptions[0] }, text: text(`${newer}`), ...rest, proof: newest },
    { when: { ...when, takes: allowingOptions[1] }, text: text(`${older}`), ...rest, proof: asked },
    {
      when: { ...when, takes: 'neither' },
      text: text(`an option that this build does not have (${newer} in newer ones)`),
      ...rest,
      proof: asked,
    },
    {
      when: { ...when, generations: ['21.0.4'] },
      text: text(`${older} (as Ubuntu's build calls it; for another one ask "${ask}")`),
      ...rest,
      proof: old,
    },
    {
      when,
      text: text(
        `the option that "${ask}" names, with the value ${PREFIXES} (where it names none, this build has no such option),`,
      ),
      ...rest,
      proof: other,
    },
  ]
}

/** Remedies for files, most special first; the last is true of every file. */
export const fileRules: RemedyRule[] = [
  {
    when: { kinds: ['file'], native: true, traits: ['locked'] },
    text: `Native code holds a lock on this file, and CRIU refuses a locked file, also one that an allowed prefix leaves to it. Close it in beforeCheckpoint through the API of the library that opened it. ${NO_POLICY}`,
    policy: null,
    source: LOCKS,
    proof: 'NativeLock',
  },
  {
    when: { kinds: ['file'], traits: ['locked'] },
    text:
      'The app holds a lock on this file, and CRIU refuses a locked file, also one that policy `ignore` or an allowed prefix ' +
      'leaves to it. Release the lock and close the file in beforeCheckpoint of an org.crac.Resource; open and lock it ' +
      'again in afterRestore.',
    policy: {
      shape: 'file-close',
      text: `Where the code is not yours, ${WITH_POLICY} closes it, and so releases the lock; its user must then open and lock it anew.`,
    },
    source: LOCKS,
    proof: 'LockedChannel',
  },
  ...allowing(
    { kinds: ['file'], traits: ['sssd-cache'] },
    (option) =>
      'glibc maps the cache of sssd when it looks up a user or group. ' +
      `Newer builds allow it by default; on others ${option} does.`,
    ['NativeFile, of sssd', 'NativeFile, of sssd as 21.0.4', 'NativeFile, of sssd as 21'],
  ),
  {
    when: {
      kinds: ['file'],
      classes: [
        'sun.nio.fs.UnixDirectoryStream',
        'sun.nio.fs.UnixFileSystemProvider',
        'sun.nio.fs.UnixSecureDirectoryStream',
      ],
      traits: ['directory'],
    },
    text: `Files.list, Files.walk and newDirectoryStream keep their directory open until they are closed: put the stream in try-with-resources. ${NO_POLICY}`,
    policy: null,
    source: `${API}java/nio/file/Files.html#list(java.nio.file.Path)`,
    proof: 'OpenDirectory',
  },
  ...allowing(
    { kinds: ['file'], native: true },
    (option) =>
      'Native code opened this file, or the JDK below its own classes, and no policy applies to it. Close it through the API of the ' +
      `library that opened it; if the file is at the same place on restore, ${option} leaves it to the engine.`,
    ['NativeFile, by an option', 'NativeFile, as 21.0.4', 'NativeFile, as 21'],
  ),
  {
    when: { kinds: ['file'], classes: ['sun.net.www.protocol.jar.'] },
    text: 'A jar: URL keeps its jar open in a cache of the JDK as long as somebody holds it: close the stream, or call URLConnection.setUseCaches(false) before opening it.',
    policy: {
      shape: 'file-reopen',
      text: `Where the code is not yours, ${WITH_POLICY} closes and reopens it.`,
    },
    source: `${API}java/net/URLConnection.html#setUseCaches(boolean)`,
    proof: 'JarUrl',
  },
  {
    when: { kinds: ['file'], traits: ['deleted'] },
    text:
      'The file is deleted and still open: on restore nothing is there to open again. Close it before the checkpoint; ' +
      'policy `close` would do it for you, `reopen` and `ignore` can not work.',
    policy: null,
    source: POLICIES,
    proof: 'DeletedFile',
  },
  {
    when: { kinds: ['file'], traits: ['asynchronous-file'] },
    text: ASYNCHRONOUS,
    policy: null,
    source: POLICIES,
    proof: 'AsynchronousFile',
  },
  {
    when: {
      kinds: ['file'],
      classes: [
        'sun.nio.fs.UnixChannelFactory.newAsynchronousFileChannel',
        'sun.nio.ch.SimpleAsynchronousFileChannelImpl',
      ],
    },
    text: ASYNCHRONOUS,
    policy: null,
    source: POLICIES,
    proof: 'AsynchronousFile',
  },
  {
    when: { kinds: ['file'], classes: ['sun.nio.fs.UnixChannelFactory', 'sun.nio.ch.FileChannelImpl'] },
    text: 'Close this channel (or the stream that Files opened) in beforeCheckpoint and open it in afterRestore. Policy `reopen` fails on restore for a FileChannel.',
    policy: {
      shape: 'file-ignore',
      text: `Where the code is not yours, ${WITH_POLICY} leaves the file to the engine, which needs it unchanged on restore.`,
    },
    source: POLICIES,
    proof: 'OpenChannel',
  },
  {
    when: { kinds: ['file'], hasStack: false },
    text: 'Close the file after use (try-with-resources), or in beforeCheckpoint of an org.crac.Resource and open it in afterRestore.',
    policy: {
      shape: 'file-reopen',
      text: `Where the code is not yours, ${WITH_POLICY} closes it and reopens it at the same position; a FileChannel can not be reopened, and needs "action: ignore".`,
    },
    source: POLICIES,
    proof: 'OpenStream, explained',
  },
  {
    when: { kinds: ['file'] },
    text: 'Close the file after use (try-with-resources), or in beforeCheckpoint of an org.crac.Resource and open it in afterRestore.',
    policy: {
      shape: 'file-reopen',
      text: `Where the code is not yours, ${WITH_POLICY} closes it and reopens it at the same position.`,
    },
    source: POLICIES,
    proof: 'OpenStream',
  },
]
