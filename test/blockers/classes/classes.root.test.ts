import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { openClassIndex } from '../../../harness/blockers/classes/classes.js'
import { chroot, startIn } from '../../support/chrooted.js'
import { compile, jdkTool } from '../java.js'
import { needing } from '../../support/capability.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'classes-root-')))
const root = join(folder, 'root')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

needing(chroot)(
  'jars behind absolute links and absolute class paths are those of the app, with a root of its own',
  async () => {
    const ours = compile(folder, { 'com/acme/Pool.java': 'package com.acme; public class Pool { }' })
    mkdirSync(join(root, 'real'), { recursive: true })
    jdkTool('jar', ['cfM', join(root, 'real/pool-1.2.jar'), '-C', ours, '.'])
    symlinkSync('/real', join(root, 'lib'))
    // Its class path leads to a jar of the app's by an absolute URL, and by one above the root to a folder of ours.
    renameSync(ours, join(folder, 'host'))
    writeFileSync(
      join(folder, 'manifest'),
      `Class-Path: ../../../../../..${folder}/host/ file:/lib/pool-1.2.jar\n`,
    )
    jdkTool('jar', ['cfm', join(root, 'app.jar'), join(folder, 'manifest')])
    const child = await startIn(root)
    try {
      const find = async (classPath: string) => {
        const index = await openClassIndex({
          javaHome: null,
          classPath: [classPath],
          jars: [],
          root: `/proc/${child.pid}/root`,
        })
        return (await index.find('com.acme.Pool'))?.jar ?? null
      }
      expect(await find('/lib/pool-1.2.jar')).toBe('pool-1.2.jar')
      expect(await find('/lib/*')).toBe('pool-1.2.jar')
      expect(await find('/app.jar')).toBe('pool-1.2.jar')
      expect(await find(`/../../..${folder}/host`)).toBeNull()
    } finally {
      child.kill('SIGKILL')
    }
  },
)
