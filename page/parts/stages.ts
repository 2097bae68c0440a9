import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { whenIdle } from './when-idle'

/**
 * How many of so many parts are there by now: one more each time the browser has nothing else to do. All of them at once
 * where somebody waits for one of them (`all`), or prints.
 */
export function useStages(number: number, all: boolean): number {
  const [stage, setStage] = useState(all ? number : 0)
  useLayoutEffect(() => {
    if (all) setStage(number)
  }, [all])
  useEffect(() => (stage < number ? whenIdle(() => setStage(stage + 1)) : undefined), [stage])
  useEffect(() => {
    const whole = (): void => setStage(number)
    addEventListener('beforeprint', whole)
    return () => removeEventListener('beforeprint', whole)
  }, [])
  return all ? number : stage
}
