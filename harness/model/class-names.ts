/** Packages of the JDK, for classes that no image and no jar holds: those made at run time, and unreadable images. */
const jdkPackages =
  /^(?:java|jdk|sun)\.|^javax\.(?:accessibility|annotation\.processing|crypto|imageio|lang\.model|management|naming|net|print|rmi|script|security|smartcardio|sound|sql|swing|tools|transaction\.xa|xml)\.|^com\.sun\.(?:beans|crypto|imageio|jarsigner|java|jdi|jmx|jndi|management|media|naming|net|nio|org|proxy|rmi|rowset|security|source|swing|tools)\.|^org\.(?:ietf\.jgss|w3c\.dom|xml\.sax)\.|^netscape\.javascript\./

/** Our rehearsal agent and the profiler: they may stand in a stack, and are never to blame for a descriptor. */
const harnessPackages = /^(?:io\.github\.cracpreflight|one\.profiler)\./

/** The CRaC API and its facades: they only pass a notification on to the class that opens something. */
const cracPackages = /^(?:org|javax|jdk)\.crac\./

export const isJdkName = (className: string): boolean => jdkPackages.test(className)
export const isHarnessName = (className: string): boolean => harnessPackages.test(className)
export const isCracName = (className: string): boolean => cracPackages.test(className)

/** `com/acme/Pool` → `com.acme.Pool`, and without the address that HotSpot appends to the name of a hidden class. */
export function plainName(className: string): string {
  return className.replace(/[/.+]0x[0-9a-f]+$/i, '').replaceAll('/', '.')
}

/** Classes that the JDK makes at run time: nobody wrote a line of them, so their frames blame nobody. */
export function isMadeByJdk(className: string): boolean {
  return /\$\$Lambda(?:\$\d+)?$|(?:^|\.)\$Proxy\d+$|\$\$InjectedInvoker$/.test(plainName(className))
}

/**
 * The class in whose name another was generated: `Foo$$Lambda`, `Foo$$SpringCGLIB$$0` and `Foo$HibernateProxy$x` belong
 * to `Foo`. Null for a class that was not generated, and for proxies, which belong to no class.
 */
export function hostOf(className: string): string | null {
  const name = plainName(className)
  const generated = /^(.*?[^.$])(?:\$\$|\$(?:HibernateProxy|MockitoMock|ByteBuddy)\$|_\$\$_)/.exec(name)
  return generated?.[1] ?? (name === className.replaceAll('/', '.') ? null : name)
}

/**
 * What the thread itself was doing. It begins with `Thread.run`; below that stand the frames of the thread that waited for it,
 * where the preloaded library knows one (`probes/preload/records/asker.c`).
 */
export function ownFrames<F extends { class: string; method: string }>(stack: F[]): F[] {
  const start = stack.findIndex(({ class: name, method }) => name === 'java.lang.Thread' && method === 'run')
  return start < 0 ? stack : stack.slice(0, start + 1)
}

/** `org.h2.store.fs` of `org.h2.store.fs.FilePathDisk`; empty for the unnamed package. */
export function packageOf(className: string): string {
  const dot = className.lastIndexOf('.')
  return dot < 0 ? '' : className.slice(0, dot)
}

/** The JDK's own resources reopen after the restore what a policy has closed. */
export const reopens = ({ class: name, method }: { class: string; method: string }): boolean =>
  /^jdk\.internal\.crac\.JDK\w*Resource/.test(name) && method === 'afterRestore'

/** What the language of an app brings along: it passes calls on, as the JDK does. */
const languages =
  /^(?:kotlin|kotlinx\.coroutines|scala|clojure\.lang|clojure\.(?:core|main|java\.io)\$|groovy\.(?:lang|util)|org\.(?:codehaus|apache)\.groovy)(?:\.|$|(?<=\$))/

export const isLanguageName = (className: string): boolean => languages.test(className)
