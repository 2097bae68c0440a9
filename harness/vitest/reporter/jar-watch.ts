import { unwatchFile, watchFile } from 'node:fs'
import type { TestModule, Vitest } from 'vitest/node'

/** A build writes a jar in several steps: it is whole when it has not changed for so long. */
const SETTLED_MS = 1000
const LOOK_MS = 300

/** In watch mode: runs the tests of an app again when its jar has been built again. */
export class JarWatch {
  private readonly modules = new Map<string, Set<TestModule>>()
  private readonly settling = new Map<string, NodeJS.Timeout>()

  constructor(private readonly vitest: Vitest) {}

  follow(jarsOf: ReadonlyMap<TestModule, string[]>): void {
    for (const [module, jars] of jarsOf)
      for (const jar of jars) {
        const known = this.modules.get(jar)
        if (known) {
          for (const each of known) if (each.moduleId === module.moduleId) known.delete(each)
          known.add(module)
        } else {
          this.modules.set(jar, new Set([module]))
          this.watch(jar)
        }
      }
  }

  /** By looking, not by the kernel's notices: a build may remove the jar's folder, and with it what is noticed. */
  private watch(jar: string): void {
    watchFile(jar, { interval: LOOK_MS, persistent: false }, (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.size === before.size) return
      clearTimeout(this.settling.get(jar))
      if (now.size > 0)
        this.settling.set(
          jar,
          setTimeout(() => void this.rerun(jar), SETTLED_MS),
        )
    })
    this.vitest.onClose(() => {
      unwatchFile(jar)
      clearTimeout(this.settling.get(jar))
    })
  }

  private async rerun(jar: string): Promise<void> {
    const modules = [...(this.modules.get(jar) ?? [])]
    await this.vitest.rerunTestSpecifications(
      modules.map(({ project, moduleId }) => project.createSpecification(moduleId)),
    )
  }
}
