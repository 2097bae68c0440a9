import { unpackData } from '../../reports/html/pack'
import type { PageData } from '../../reports/html/page-data'

/** What the page came with: text that nothing has run. */
export function readData(): PageData {
  const text = document.getElementById('data')?.textContent ?? ''
  return unpackData(JSON.parse(text) as Parameters<typeof unpackData>[0])
}
