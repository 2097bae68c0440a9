import { databasePrograms } from './databases.js'
import { embeddedPrograms } from './embedded.js'
import { filePrograms } from './files.js'
import { frameworkPrograms } from './frameworks.js'
import { httpPrograms } from './http.js'
import { messagingPrograms } from './messaging.js'
import { otherPrograms } from './others.js'
import type { Program } from './program.js'
import { serverPrograms } from './servers.js'
import { socketPrograms } from './sockets.js'

/** Every run that a remedy may name as its proof. */
export const programs: Program[] = [
  ...filePrograms,
  ...socketPrograms,
  ...otherPrograms,
  ...databasePrograms,
  ...httpPrograms,
  ...messagingPrograms,
  ...serverPrograms,
  ...embeddedPrograms,
  ...frameworkPrograms,
]
