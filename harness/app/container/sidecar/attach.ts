import type { Docker, DockerContainer } from '../engine.js'
import type { Wire } from './connection.js'

/**
 * Standard input and output of a container. Dockerode's own `attach` sends its options as the body of the request too:
 * Docker ignores that, Podman hands it to the container as the first thing on its standard input.
 */
export function attach(docker: Docker, container: DockerContainer): Promise<Wire> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${container.id}/attach?`,
        method: 'POST',
        file: Buffer.alloc(0),
        hijack: true,
        isStream: true,
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
        options: { stream: true, stdin: true, stdout: true, stderr: true },
      },
      (error, wire) => {
        if (error) reject(error)
        else resolve(wire as Wire)
      },
    )
  })
}
