/** The few requests that the set-up sends to a Docker engine: no docker command is needed. */
import { request } from 'node:http'

const standardSocket = '/var/run/docker.sock'

/** Where an engine is asked for: DOCKER_HOST, or the standard socket. */
export function engineHost() {
  return process.env.DOCKER_HOST || `unix://${standardSocket}`
}

function address(host) {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  const { hostname, port } = new URL(host.replace(/^tcp:/, 'http:'))
  return { host: hostname, port: port || 2375 }
}

/** Sends one request, with an optional stream as its body; resolves to the answer's text, rejects unless it is a success. */
export function ask(host, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/x-tar' } : {}
    const question = request({ ...address(host), method, path, headers, timeout: 120_000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece) => (text += piece))
      answer.on('end', () => {
        if (answer.statusCode < 300) resolve(text)
        else reject(new Error(`${method} ${path.split('?')[0]}: ${answer.statusCode} ${text.trim()}`))
      })
    })
    question.on('timeout', () => question.destroy(new Error('no answer within 120 s')))
    question.on('error', reject)
    if (body) body.on('error', reject).pipe(question)
    else question.end()
  })
}

/** Why the engine there does not answer; null where it does. */
export async function refusal(host) {
  try {
    await ask(host, 'GET', '/_ping')
    return null
  } catch (error) {
    if (error.code === 'EACCES') return `no right to use ${host}: join the group "docker", or run as root`
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return `no Docker engine listens at ${host}`
    return error.message
  }
}
