import { UsageError } from '../../harness/model/errors.js'

/** Where results go by OTLP. */
export interface OtlpTarget {
  /** The receiver's address, without the path of a signal; null where OTEL_EXPORTER_OTLP_* say it. */
  url: string | null
  /** The address as it may be printed. */
  shown: string
}

/** The address that OpenTelemetry's packages take where nothing says another. */
const STANDARD = 'http://localhost:4318'

/**
 * What a user names: a URL, or `env`, where OTEL_EXPORTER_OTLP_ENDPOINT and its like say it. All else that those
 * variables say, like headers and certificates, holds for both.
 */
export function otlpTarget(
  text: string,
  option: string,
  environment: NodeJS.ProcessEnv = process.env,
): OtlpTarget {
  const { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '' } = environment
  if (text === 'env') {
    if (protocol && protocol !== 'http/protobuf')
      throw new UsageError(
        `${option} can't be "env" while OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol}": results are sent as http/protobuf only. Name that receiver's HTTP address, mostly port 4318.`,
      )
    return { url: null, shown: shown(endpoint === '' ? STANDARD : endpoint) }
  }
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(
      `${option} can't be "${text}". Give the http or https URL of an OTLP receiver, like ${STANDARD}, or env where OTEL_EXPORTER_OTLP_ENDPOINT names it.`,
    )
  return { url: text.endsWith('/') ? text.slice(0, -1) : text, shown: shown(text) }
}

/** Without a password that stands in it. */
function shown(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (url.password === '') return text
  url.password = '***'
  return url.href
}
