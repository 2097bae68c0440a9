/** What to do about an engine that failed, as data: the first entry whose pattern is in the message is true of it. */
export interface EngineAdvice {
  text: RegExp
  /** What has happened, where "the engine failed" is not it. */
  title?: string
  advice: string
  source: string
}

const DEBUGGING = 'https://github.com/CRaC/docs/blob/master/debugging.md'
const CPU = 'https://github.com/CRaC/docs/blob/master/cpu-features.md'
const LIBERTY = 'https://openliberty.io/docs/latest/instanton.html'
const CRIU = 'https://criu.org/Advanced_usage'
const CRAC = 'https://docs.azul.com/core/crac/crac-introduction'

/** What a JVM without CRaC answers, to the API and to jcmd. */
export const withoutCrac =
  /CRaC checkpoint not supported on current JVM|Unknown diagnostic command|^UnsupportedOperationException$/

export const engineAdvice: EngineAdvice[] = [
  {
    title: 'this JVM is no CRaC JDK, and did not start',
    text: /^Unrecognized VM option '[+-]?CRaC(?:CheckpointTo|RestoreFrom)\b/,
    advice:
      'The JVM does not know -XX:CRaCCheckpointTo: run the app on a CRaC JDK. A rehearsal tells on any JDK what a checkpoint would say.',
    source: CRAC,
  },
  {
    title: 'this JVM does not know the option, and did not start',
    text: /^Unrecognized VM option '[+-]?CR/,
    advice:
      'Builds differ in the names of their options. `java -XX:+PrintFlagsFinal -version | grep CR` lists those of this one; leave out or rename the option.',
    source: CRAC,
  },
  {
    title: 'this build has no checkpoints with this garbage collector, and did not start',
    text: /^-XX:\+Use\w+GC is currently unsupported for -XX:CRaC/,
    advice:
      'This build can not be checkpointed with the collector that the line names: take another one, like -XX:+UseG1GC or -XX:+UseSerialGC, or a newer build.',
    source: CRAC,
  },
  {
    title: 'this build has no checkpoints with this option, and did not start',
    text: /^-XX:\S+ is currently unsupported for -XX:CRaC/,
    advice: 'Leave out the option that the line names, or take a newer build.',
    source: CRAC,
  },
  {
    title: 'a file lock is held',
    text: /file locks? (?:are|is) h[eo]ld|--file-locks/,
    advice:
      'A descriptor is at fault: the app, or a file that policy `ignore` or an allowed prefix has let through, holds a file lock, ' +
      'and CRIU does not dump it by itself. Release the lock or close its file in beforeCheckpoint and take it again in afterRestore; ' +
      'or have CRIU dump it: CRAC_CRIU_OPTS=--file-locks.',
    source: CRIU,
  },
  {
    title: 'a connected TCP socket is open',
    text: /Connected TCP socket|--tcp-established/,
    advice:
      'A descriptor is at fault: a connection is open that the JVM has let through. Close it in beforeCheckpoint and connect again in ' +
      'afterRestore. CRAC_CRIU_OPTS=--tcp-established would dump it, but its other end has to live on at the same address.',
    source: CRIU,
  },
  {
    title: 'a unix socket leads out of the app',
    text: /External socket is used|--ext-unix-sk/,
    advice:
      'A descriptor is at fault: a unix socket is connected to a process that is not part of the image. Close it in beforeCheckpoint; ' +
      'where it is a standard stream, start the app with a file or a pipe of the shell instead. CRAC_CRIU_OPTS=--ext-unix-sk lets CRIU ' +
      'dump a socket whose other end will be there on restore.',
    source: CRIU,
  },
  {
    text: /Can't fork for \d+: File exists|Pid \d+ do not match expected/,
    advice:
      'Restore needs the process ids that the app had, and one of them is taken. Let the checkpointed JVM get a high one: ' +
      'in a container start it behind a shell or -XX:CRaCMinPid=128, and restore in a fresh container.',
    source: DEBUGGING,
  },
  {
    text: /Can't fork for \d+: (?:Read-only file system|Operation not permitted)|criu: (?:Operation not permitted|Permission denied)/,
    advice:
      'CRIU lacks the privilege to recreate the process: restore as root, or give the container CHECKPOINT_RESTORE and ' +
      'SYS_PTRACE (--cap-add), or --privileged.',
    source: DEBUGGING,
  },
  {
    title: 'the image was made for another machine or JVM',
    text: /(?:Label|Type) mismatch for tag |Bitmap mismatch for tag (?!cpu\.features)/,
    advice:
      'The image carries what its restore must agree with, and the tag that the line names differs. Restore it with the JVM, engine and ' +
      'settings that it was made with, or make it anew.',
    source: CRAC,
  },
  {
    title: 'a file of the image is missing',
    text: /[Cc]annot open .+: No such file or directory$|[Cc]annot open \S+\/tags in mode r/,
    advice:
      'Let -XX:CRaCRestoreFrom name the folder that a successful checkpoint has written, whole: the file that the line names is not there.',
    source: CRAC,
  },
  {
    title: 'this CPU lacks what the image uses',
    text: /incompatible or missing CPU features|mismatch for tag cpu\.features/,
    advice:
      'The image was made on a CPU that can do more than this one. Make it with -XX:CPUFeatures set to the value that the message names ' +
      '(or `generic`), so that every machine that restores it has what it uses.',
    source: CPU,
  },
  {
    text: /missing features of this CPU are /,
    advice:
      'The image was made on a CPU that can do more than this one. Make it with -XX:CPUFeatures set to the value that ' +
      'this message names (or `generic`), so that every machine that restores it has what it uses.',
    source: CPU,
  },
  {
    text: /is not restore-settable/,
    advice: 'Leave this option off the command that restores; a JVM takes it only when it starts anew.',
    source: CRAC,
  },
  {
    text: /CRaCRestoreFrom=/,
    advice: 'Let -XX:CRaCRestoreFrom name the folder that a successful checkpoint has written.',
    source: CRAC,
  },
  {
    text: /CRaCCheckpointTo|cannot (?:create|cleanup after check)|: not a directory$/,
    advice: 'Let -XX:CRaCCheckpointTo name a folder that the JVM may create and write.',
    source: CRAC,
  },
  {
    title: 'the JVM did not start',
    text: /^Could not find .*: No such file/,
    advice:
      'The JVM did not start, because the engine named by -XX:CREngine or -XX:CRaCEngine is not in this JDK.',
    source: CRAC,
  },
  {
    text: /CRIU executable does not exist|Cannot find CRIU executable|cannot find CRIU to use|CRIU at .* is not executable/,
    advice:
      'This JDK has no CRIU that it can run: install one, or unpack the JDK as root so that lib/criu keeps its owner and SUID bit.',
    source: DEBUGGING,
  },
  {
    text: /netlink system calls/,
    advice:
      'SELinux blocks netlink: allow `setsebool virt_sandbox_use_netlink 1`, or build the image where it is permissive.',
    source: LIBERTY,
  },
  {
    text: /^CWWK/,
    advice: 'The reason stands in the logs/checkpoint folder of the server (checkpoint.log, restore.log).',
    source: LIBERTY,
  },
  {
    text: /Function not implemented|kerndat|kernel features/,
    advice:
      'The kernel of this machine lacks something that CRIU asks for: use a newer one, or an engine that needs no CRIU.',
    source: DEBUGGING,
  },
  {
    title: 'this JVM knows no checkpoint',
    text: withoutCrac,
    advice:
      'This JVM is no CRaC JDK: run the app on one. A rehearsal tells on any JDK what a checkpoint would say.',
    source: CRAC,
  },
]

/** What is true of every engine failure that no entry above knows. */
export const anyFailure: Record<'checkpoint' | 'restore', { title: string; advice: string; source: string }> =
  {
    checkpoint: {
      title: 'the engine failed',
      advice:
        "No descriptor is at fault: the JVM found nothing, and the engine failed. Its reason stands in dump4.log in the image's " +
        'folder; most often it lacks privileges (CHECKPOINT_RESTORE and SYS_PTRACE, or --privileged).',
      source: DEBUGGING,
    },
    restore: {
      title: 'the engine failed to restore',
      advice:
        "The image is there, but the process could not be recreated from it. CRIU's reason stands in the lines before this one.",
      source: DEBUGGING,
    },
  }
