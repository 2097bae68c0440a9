import type { Program } from './program.js'

const http = { at: 'http/http', peer: 'http' } as const

/** Clients that speak HTTP. */
export const httpPrograms: Program[] = [
  { ...http, name: 'HttpClient4' },
  { ...http, name: 'HttpAsyncClient4' },
  { ...http, name: 'HttpClient5' },
  { ...http, name: 'HttpAsyncClient5' },
  { ...http, name: 'OkHttp' },
  { ...http, name: 'AwsSdk' },
  { ...http, name: 'Telemetry' },
  { ...http, name: 'JdkHttpClient' },
  { ...http, name: 'JdkHttpClient', variant: 'closed', jdk: 25 },
  { ...http, name: 'UrlConnection' },
  {
    ...http,
    name: 'UrlConnection',
    variant: 'by an option',
    follows: { options: ['-Dhttp.keepAlive=false'] },
  },
]
