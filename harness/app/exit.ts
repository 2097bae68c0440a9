/** How an app ended: its exit status, the signal's name, or what else is known. */
export type Exit = number | string
