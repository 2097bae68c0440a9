import type { KeptImage } from '../../harness/model/restoration'
import { shell } from '../data/shell'
import { CodeBlock } from '../parts/code-block'

/** The image that was kept, and what brings the app back from it: of a container, where `capabilities` says what it needs. */
export function Kept(props: { kept: KeptImage; capabilities: readonly string[] | null }) {
  const { kept, capabilities } = props
  const lines = [`cd ${shell(kept.folder)}`, ...linesOf(capabilities)]
  return (
    <>
      <h3 class="sub">The image is kept</h3>
      <CodeBlock text={lines.join('\n')} label="Copy what brings it back" />
      <p class="pointed">
        {capabilities === null
          ? 'As root, or with CAP_CHECKPOINT_RESTORE and CAP_SYS_PTRACE. The JDK, the jars and the package have to lie where they lay.'
          : 'The same ports, networks and mounts have to be given again.'}
      </p>
    </>
  )
}

function linesOf(capabilities: readonly string[] | null): string[] {
  if (capabilities === null) return ['./restore.sh &', 'tail -f output.log']
  const added = capabilities.map((name) => `--cap-add ${name}`)
  return [
    'docker build --tag restored .',
    ['docker run', ...added, '--security-opt seccomp=unconfined restored'].join(' '),
  ]
}
