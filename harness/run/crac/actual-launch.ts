import type { Host } from '../../host/host.js'
import { javaOfJvm } from '../../jvm/running-java.js'
import { EngineError } from '../../model/errors.js'
import { chooseEngine, type Launch } from '../launch/launch.js'

/**
 * The launch as it turned out. A script may run another java than the one that JAVA_HOME or PATH has, which shows when its
 * JVM is up: its report and the engine follow that. A CRaC JDK that was started without its options, and
 * with the rehearsal's agent, is too late to be asked.
 */
export async function actualLaunch(
  pid: number,
  launch: Launch,
  app: { host: Host; root: string | null },
): Promise<Launch> {
  const java = await javaOfJvm(pid, app)
  if (java === null || java.home === launch.java.home) return launch
  if (java.crac && launch.engine === 'rehearsal')
    throw new EngineError(
      'ENGINE_REFUSED',
      `The command runs the CRaC JDK in ${java.home}; JAVA_HOME or PATH has ${launch.java.home}, a JDK without CRaC, and the JVM was started with the options for that one. It is too late to change them. Set JAVA_HOME=${java.home} for the check.`,
    )
  if (!java.crac && launch.engine === 'crac')
    return { ...launch, java, engine: chooseEngine(launch.wanted, java) }
  return { ...launch, java }
}
