/** Results as a trace, metrics and logs for an OTLP receiver. To be imported where that is asked for only. */
export { loadOpenTelemetry } from './packages.js'
export { sendOtlp } from './send.js'
export { otlpTarget } from './target.js'
