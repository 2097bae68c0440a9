import { resolve } from 'node:path'
import type { AskedBaseline } from '../../baseline/asked-baseline.js'
import type { annotationFormats } from '../../../reports/annotations.js'

/** Where the plugin writes its outputs; each only where it is named. */
export interface PluginOptions {
  /** JUnit XML; the app's log and the JVM's text are put into a folder beside it and attached. */
  junit?: string
  html?: string
  /** SARIF 2.1.0, for code scanning. */
  sarif?: string
  /** GitLab's code quality report. */
  codeQuality?: string
  /** A folder for one JSON report per scenario. */
  json?: string
  /** Sends a trace, metrics and logs of each check to the OTLP receiver at this URL; `env`: to that of OTEL_EXPORTER_OTLP_*. */
  otlp?: string | undefined
  /** Also prints what the log of a CI shows in its own way; `auto` knows GitHub and GitLab by their environment. */
  annotations?: (typeof annotationFormats)[number]
  /** How much of what an app prints is kept on disk where its scenario doesn't say; see `AppSettings.maxOutputBytes`. */
  maxOutputBytes?: number
  /** Names whose values are masked, beside those that are known for secrets and those of a scenario; see `AppSettings.mask`. */
  mask?: readonly string[]
  /** The file with the blockers that the team has accepted, by the names of scenarios: only others fail. */
  baseline?: string
  /** Accepted blockers that are gone fail, too. */
  strict?: boolean
}

/** The baseline as tests and shared apps read it; a relative path counts from vitest's root. */
export const askedBaseline = (
  file: string,
  { strict = false }: Pick<PluginOptions, 'strict'>,
  root = '.',
): AskedBaseline => ({ file: resolve(root, file), strict })
