import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { bpf } from '../../../support/bpf.js'
import { capability, needing } from '../../../support/capability.js'
import { compileJava, jdk } from '../../../support/java.js'
import { observe } from '../../observed.js'

const folder = mkdtempSync(join(tmpdir(), 'overlay-'))
const [layers, merged] = [join(folder, 'layers'), join(folder, 'merged')]
const source = join(folder, 'Opens.java')

/** Two file systems below one overlay: a file then has a device and an inode for its users, and others for the kernel. */
const mounted = ((): string | null => {
  for (const each of [layers, merged]) mkdirSync(each)
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'layers', layers], { stdio: 'pipe' })
    for (const each of ['lower', 'upper']) mkdirSync(join(layers, each))
    execFileSync('mount', ['-t', 'tmpfs', 'lower', join(layers, 'lower')], { stdio: 'pipe' })
    writeFileSync(join(layers, 'lower', 'data.txt'), 'data')
    mkdirSync(join(layers, 'work'))
    const options = `lowerdir=${layers}/lower,upperdir=${layers}/upper,workdir=${layers}/work`
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'merged', merged], { stdio: 'pipe' })
    return null
  } catch (error) {
    return `no overlay can be mounted here: ${error instanceof Error ? error.message : String(error)}`
  }
})()
const overlay = capability('mounts', mounted === null, mounted ?? '')

beforeAll(() => {
  writeFileSync(
    source,
    `public class Opens {
      static Object kept;
      static void openData(String file) throws Exception { kept = new java.io.FileInputStream(file); }
      public static void main(String[] args) throws Exception {
        openData(args[0]);
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
      }
    }`,
  )
})

afterAll(() => {
  for (const each of [merged, join(layers, 'lower'), layers])
    try {
      execFileSync('umount', [each], { stdio: 'pipe' })
    } catch {
      // It was not mounted.
    }
  rmSync(folder, { recursive: true, force: true })
})

for (const mode of ['ebpf', 'preload', 'both'] as const)
  needing(bpf, overlay)(
    `with --trace ${mode} a file on an overlay over other file systems has its Java stack`,
    async () => {
      const classes = compileJava('overlay', [source], 17)
      const file = join(merged, 'data.txt')
      const { entries, evidence, differences } = await observe(
        mode,
        mkdtempSync(join(tmpdir(), 'observed-')),
        (options) => [jdk.java, ...options, ...['-cp', classes, 'Opens', file]],
      )
      const opened = entries.find(({ target }) => target === file)
      expect(opened?.origin?.java.map(({ method }) => method)).toContain('openData')
      expect(evidence.lostSamples).toBe(0)
      expect(differences).toEqual([])
    },
  )
