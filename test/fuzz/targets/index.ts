import type { Target } from '../target.js'
import { agentResult } from './agent-result.js'
import { jfr } from './jfr.js'
import { policies } from './policies.js'
import { preloadDump } from './preload-dump.js'
import { sidecarFrames } from './sidecar-frames.js'
import { text } from './text.js'
import { tracerLines } from './tracer-lines.js'

export const targets: Target[] = [text, jfr, preloadDump, tracerLines, sidecarFrames, agentResult, policies]
