import { type EngineReason, engineReasonOf } from '../checkpoint/output/engine-reasons.js'
import type { Finding } from '../model/finding.js'

/** What to do about an engine that failed. */
export interface EngineAdvice {
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

const advice: Record<EngineReason, EngineAdvice> = {
  'unknown-crac-option': {
    title: 'this JVM is no CRaC JDK, and did not start',
    advice:
      'The JVM does not know -XX:CRaCCheckpointTo: run the app on a CRaC JDK. A rehearsal tells on any JDK what a checkpoint would say.',
    source: CRAC,
  },
  'unknown-option': {
    title: 'this JVM does not know the option, and did not start',
    advice:
      'Builds differ in the names of their options. `java -XX:+PrintFlagsFinal -version | grep CR` lists those of this one; leave out or rename the option.',
    source: CRAC,
  },
  'locked-option': {
    title: 'an option has to be unlocked, and the JVM did not start',
    advice:
      'Put -XX:+UnlockDiagnosticVMOptions (of an experimental option -XX:+UnlockExperimentalVMOptions) before the option that the line names.',
    source: DEBUGGING,
  },
  'wrong-option': {
    title: 'an option is written wrongly, and the JVM did not start',
    advice:
      'Options that switch are written -XX:+NAME or -XX:-NAME, all others -XX:NAME=VALUE. `java -XX:+PrintFlagsFinal -version | grep CR` shows the kind of each.',
    source: CRAC,
  },
  'unsupported-collector': {
    title: 'this build has no checkpoints with this garbage collector, and did not start',
    advice:
      'This build can not be checkpointed with the collector that the line names: take another one, like -XX:+UseG1GC or -XX:+UseSerialGC, or a newer build.',
    source: CRAC,
  },
  'unsupported-option': {
    title: 'this build has no checkpoints with this option, and did not start',
    advice: 'Leave out the option that the line names, or take a newer build.',
    source: CRAC,
  },
  'file-lock': {
    title: 'a file lock is held',
    advice:
      'A descriptor is at fault: the app, or a file that policy `ignore` or an allowed prefix has let through, holds a file lock, ' +
      'and CRIU does not dump it by itself. Release the lock or close its file in beforeCheckpoint and take it again in afterRestore; ' +
      'or have CRIU dump it: CRAC_CRIU_OPTS=--file-locks.',
    source: CRIU,
  },
  'connected-socket': {
    title: 'a connected TCP socket is open',
    advice:
      'A descriptor is at fault: a connection is open that the JVM has let through. Close it in beforeCheckpoint and connect again in ' +
      'afterRestore. CRAC_CRIU_OPTS=--tcp-established would dump it, but its other end has to live on at the same address.',
    source: CRIU,
  },
  'external-socket': {
    title: 'a unix socket leads out of the app',
    advice:
      'A descriptor is at fault: a unix socket is connected to a process that is not part of the image. Close it in beforeCheckpoint; ' +
      'where it is a standard stream, start the app with a file or a pipe of the shell instead. CRAC_CRIU_OPTS=--ext-unix-sk lets CRIU ' +
      'dump a socket whose other end will be there on restore.',
    source: CRIU,
  },
  'deleted-file': {
    title: 'a deleted file is open',
    advice:
      'A descriptor is at fault: the app, or a descriptor that the JVM has let through, holds a file that is deleted or renamed, and CRIU ' +
      'can not carry it. Close it in beforeCheckpoint and open it in afterRestore. CRAC_CRIU_OPTS=--link-remap lets CRIU link it again, ' +
      '--ghost-limit SIZE carries one of that size in the image.',
    source: CRIU,
  },
  terminal: {
    title: 'the app is attached to a terminal',
    advice:
      'A descriptor is at fault: a standard stream is a terminal whose session is not part of the image. Start the app without one: in ' +
      'Docker without -t, else as `setsid java … </dev/null >app.log 2>&1`; or tell CRIU that a shell holds it: CRAC_CRIU_OPTS=--shell-job.',
    source: CRIU,
  },
  undumpable: {
    title: 'a descriptor of a kind that CRIU can not dump is open',
    advice:
      'A descriptor is at fault, which the JVM has let through: the line names its number or its kind. Close it in beforeCheckpoint through ' +
      'the API of the library that opened it, and open it in afterRestore.',
    source: CRIU,
  },
  'unseen-mount': {
    title: 'CRIU does not find a mount',
    advice:
      'A file that is open or mapped lies on a file system that CRIU can not see from where it runs. Give the app its files and standard ' +
      'streams from inside its container, leave out mounts that it does not need, or use a newer CRIU or kernel (overlay file systems) or an ' +
      'engine that needs no CRIU.',
    source: CRIU,
  },
  'file-changed': {
    title: 'a file is not as it was at the checkpoint',
    advice:
      'The file that the line names was open at the checkpoint, and on restore it must be there with the size and contents that it had. Close ' +
      'it in beforeCheckpoint (or by a policy `close` or `reopen`), and have standard streams go to a pipe instead of a file that grows.',
    source: DEBUGGING,
  },
  'port-taken': {
    title: 'a port of the image is taken',
    advice:
      'A socket that was left open at the checkpoint can not be bound again, since another process has its port. Restore where the port is ' +
      'free; or close the socket in beforeCheckpoint and bind it in afterRestore.',
    source: DEBUGGING,
  },
  'broken-tags': {
    title: 'the image is broken',
    advice: 'The file `tags` of the image can not be read: make the image anew.',
    source: CRAC,
  },
  'pid-taken': {
    title: 'a process id of the image is taken',
    advice:
      'Restore needs the process ids that the app had, and one of them is taken. Let the checkpointed JVM get a high one: ' +
      'in a container start it from a shell or -XX:CRaCMinPid=128, and restore in a fresh container.',
    source: DEBUGGING,
  },
  'no-privilege': {
    title: 'the engine lacks privileges',
    advice:
      'CRIU lacks the privilege to dump or recreate the process: run it as root, or give the container CHECKPOINT_RESTORE and ' +
      'SYS_PTRACE (--cap-add).',
    source: DEBUGGING,
  },
  'other-engine': {
    title: 'the image was made by another engine',
    advice:
      'An image can be restored by the engine alone that has written it. Name the same one at both: -XX:CRaCEngine (-XX:CREngine ' +
      'in 21) as at the checkpoint, or make the image anew.',
    source: CRAC,
  },
  'other-machine': {
    title: 'the image was made for another machine or JVM',
    advice:
      'The image carries what its restore must agree with, and the tag that the line names differs. Restore it with the JVM, engine and ' +
      'settings that it was made with, or make it anew.',
    source: CRAC,
  },
  'mapped-file': {
    title: 'a file that the app had mapped is missing or another one',
    advice:
      'The engine asks for every library and jar that was mapped at the checkpoint, at the same path and of the same build: restore with the ' +
      'very JDK and files that the image was made with, and keep what an agent or a library has unpacked into a temporary folder.',
    source: CRAC,
  },
  'image-file-missing': {
    title: 'a file of the image is missing',
    advice:
      'Let -XX:CRaCRestoreFrom name the folder that a successful checkpoint has written, whole: the file that the line names is not there.',
    source: CRAC,
  },
  'cpu-lacks-features': {
    title: 'this CPU lacks what the image uses',
    advice:
      'The image was made on a CPU that can do more than this one. Make it with -XX:CPUFeatures set to the value that the message names ' +
      '(or `generic`), so that every machine that restores it has what it uses. An empty folder gets the same answer: look whether the image is in it.',
    source: CPU,
  },
  'cpu-misses-features': {
    advice:
      'The image was made on a CPU that can do more than this one. Make it with -XX:CPUFeatures set to the value that ' +
      'this message names (or `generic`), so that every machine that restores it has what it uses.',
    source: CPU,
  },
  'option-not-at-restore': {
    title: 'an option can not be set on restore',
    advice: 'Leave this option off the command that restores; a JVM takes it only when it starts anew.',
    source: CRAC,
  },
  'restore-folder': {
    advice: 'Let -XX:CRaCRestoreFrom name the folder that a successful checkpoint has written.',
    source: CRAC,
  },
  'checkpoint-folder': {
    advice: 'Let -XX:CRaCCheckpointTo name a folder that the JVM may create and write.',
    source: CRAC,
  },
  'engine-not-in-jdk': {
    title: 'the JVM did not start',
    advice:
      'The JVM did not start, because the engine named by -XX:CREngine or -XX:CRaCEngine is not in this JDK.',
    source: CRAC,
  },
  'engine-option': {
    title: 'the engine does not take an option, and the JVM did not start',
    advice:
      'Correct or leave out what -XX:CRaCEngineOptions says: `java -XX:CRaCEngineOptions=help` lists what the engine takes.',
    source: CRAC,
  },
  'no-criu': {
    advice:
      'This JDK has no CRIU that it can run: install one, or unpack the JDK as root so that lib/criu keeps its owner and SUID bit.',
    source: DEBUGGING,
  },
  'netlink-blocked': {
    advice:
      'SELinux blocks netlink: allow `setsebool virt_sandbox_use_netlink 1`, or build the image where it is permissive.',
    source: LIBERTY,
  },
  liberty: {
    advice: 'The reason stands in the logs/checkpoint folder of the server (checkpoint.log, restore.log).',
    source: LIBERTY,
  },
  'kernel-too-old': {
    advice:
      'The kernel of this machine lacks something that CRIU asks for: use a newer one, or an engine that needs no CRIU.',
    source: DEBUGGING,
  },
  'no-crac': {
    title: 'this JVM knows no checkpoint',
    advice:
      'This JVM is no CRaC JDK: run the app on one. A rehearsal tells on any JDK what a checkpoint would say.',
    source: CRAC,
  },
}

/** What is true of every engine failure that no entry above knows. */
const anyFailure: Record<'checkpoint' | 'restore', EngineAdvice & { title: string }> = {
  checkpoint: {
    title: 'the engine failed',
    advice:
      'The JVM found no descriptor at fault, and its engine failed. Where the line names a file, a socket or a mount, that is the reason; ' +
      "else it stands in dump4.log in the image's folder. Most often the engine lacks privileges (CHECKPOINT_RESTORE and SYS_PTRACE).",
    source: DEBUGGING,
  },
  restore: {
    title: 'the engine failed to restore',
    advice:
      "The image is there, but the process could not be recreated from it. CRIU's reason stands in the lines before this one.",
    source: DEBUGGING,
  },
}

/** What is true of findings about one failure, and what has happened. */
export function adviceFor(
  findings: readonly Finding[],
  operation: 'checkpoint' | 'restore',
): EngineAdvice & { title: string } {
  const reason = engineReasonOf(findings)
  return { ...anyFailure[operation], ...(reason === null ? {} : advice[reason]) }
}
