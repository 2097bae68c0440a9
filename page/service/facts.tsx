import { duration, megabytes } from '../../harness/model/text'
import type { Service } from '../data/services'
import { EvidenceWord } from '../parts/badge'
import type { ComponentChildren } from 'preact'

/** The numbers of a service in one line. */
export function Facts({ service }: { service: Service }) {
  const { answer, evidence } = service
  const { run, descriptors } = answer
  const { timing, jvm, engine, restoration } = run ?? {}
  return (
    <dl class="facts">
      <Fact name="Boot">{time(timing?.bootMs)}</Fact>
      <Fact name="Warm-up">{time(timing?.warmUpMs)}</Fact>
      <Fact name="Checkpoint">{time(timing?.checkpointMs)}</Fact>
      <Fact name="Restore">{time(restoration?.restoreMs)}</Fact>
      <Fact name="Image">{restoration?.imageBytes == null ? null : megabytes(restoration.imageBytes)}</Fact>
      <Fact name="Descriptors">{descriptors.length > 0 ? descriptors.length : null}</Fact>
      <Fact name="Evidence">{evidence === null ? null : <EvidenceWord word={evidence} />}</Fact>
      <Fact name="Engine">
        {engine === undefined
          ? null
          : engine.cracVersion === null
            ? engine.name
            : `${engine.name}, CRaC ${engine.cracVersion}`}
      </Fact>
      <Fact name="JDK">{jvm?.version ?? null}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === null || children === undefined) return null
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const time = (ms: number | null | undefined): string | null => (ms == null ? null : duration(ms))
