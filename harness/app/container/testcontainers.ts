import type * as Testcontainers from 'testcontainers'
import { UsageError } from '../../model/errors.js'

/**
 * Loads testcontainers, which only a check of an image needs: two thirds of what an install would bring come with it.
 * @throws UsageError where the user has not installed it.
 */
export async function loadTestcontainers(): Promise<typeof Testcontainers> {
  try {
    return await import('testcontainers')
  } catch (error) {
    // Yarn's Plug'n'Play has the code of `require` for it.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new UsageError(
      'An image is checked through testcontainers, which is not installed here. Install it: npm i -D testcontainers',
      { cause: error },
    )
  }
}
