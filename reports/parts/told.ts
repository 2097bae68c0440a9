/** What outputs for CI need of a text that was explained. */
export interface Told {
  /** The file, and which of its answers. */
  name: string
  /** What came of it; `unknown` where the text does not tell. */
  verdict: 'passed' | 'failed' | 'unknown'
  headline: string
  matters: ToldMatter[]
}

/** One thing that speaks against the checkpoint. */
export interface ToldMatter {
  /** Stable over runs. */
  id: string
  title: string
  type: string
  /** What was found, who opened it, what to do: lines. */
  text: string
}
