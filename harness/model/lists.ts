/** For lists as long as an app makes them: whatever is done to each of them costs the same, however many there are. */

/** Adds a value to the list under a key. */
export function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

/** The values by what they have in common, in the order in which that was met first. */
export function groupBy<K, V>(values: Iterable<V>, key: (value: V) => K): Map<K, V[]> {
  const lists = new Map<K, V[]>()
  for (const value of values) addTo(lists, key(value), value)
  return lists
}

/** As `list.push(...values)`, which a long list of arguments makes throw. */
export function append<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value)
}

/** The largest number; -Infinity of none. */
export function largest(numbers: Iterable<number>): number {
  let most = -Infinity
  for (const number of numbers) if (number > most) most = number
  return most
}

/** A function of an object that is computed once for each. */
export function once<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { value: V }>()
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) }
    known.set(key, found)
    return found.value
  }
}
