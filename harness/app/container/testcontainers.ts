import type * as Testcontainers from 'testcontainers'
import { loadOptional } from '../../model/errors.js'

/**
 * Loads testcontainers, which only a check of an image needs: two thirds of what an install would bring come with it.
 * @throws UsageError where the user has not installed it.
 */
export const loadTestcontainers = (): Promise<typeof Testcontainers> =>
  loadOptional(
    () => import('testcontainers'),
    'An image is checked through testcontainers, which is not installed here. Install it: npm i -D testcontainers',
  )
