import { plainName } from '../../model/class-names.js'

/** Packages that Netty's own code has below its root, wherever a jar that contains it has moved that root. */
const ofNetty = /^((?:.+\.)?netty)\.(?:bootstrap|buffer|channel|handler|resolver|util)\./

/** What is built on Netty and has packages of the same names, and Netty 3, which has other classes. */
const notNetty = /^(?:reactor|org\.jboss|org\.asynchttpclient|io\.micronaut\.http|io\.micronaut)\.netty$/

/** The package that Netty's classes are in: `io.netty`, or where relocation (shading) moved it; null for other classes. */
export function nettyRoot(className: string): string | null {
  const root = ofNetty.exec(plainName(className))?.[1]
  return root === undefined || notNetty.test(root) ? null : root
}

/** A class of Netty by the name that it had before it was relocated; any other by its own. */
export function originalName(className: string): string {
  const name = plainName(className)
  const root = nettyRoot(name)
  return root === null ? name : `io.netty${name.slice(root.length)}`
}

/** Whether a name begins so, or did before its library was relocated: `com.acme.shaded.org.h2.` is `org.h2.`. */
export function beginsWith(name: string, start: string): boolean {
  return name.startsWith(start) || name.includes(`.${start}`)
}
