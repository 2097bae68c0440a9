/**
 * Puts places together that share a key, or are linked through others: each group's places from the last to the first,
 * and the groups in the order of their last ones.
 */
export function connected(keys: readonly (readonly string[])[]): number[][] {
  const leaders = keys.map((_, place) => place)
  const leaderOf = (place: number): number => {
    let leader = place
    while ((leaders[leader] ?? leader) !== leader) leader = leaders[leader] ?? leader
    // The next question has a shorter way.
    for (let at = place; at !== leader;) [at, leaders[at]] = [leaders[at] ?? leader, leader]
    return leader
  }
  const last = new Map<string, number>()
  keys.forEach((own, place) => {
    for (const key of own) {
      const other = last.get(key)
      if (other !== undefined) leaders[leaderOf(other)] = place
      last.set(key, place)
    }
  })
  const groups = new Map<number, number[]>()
  for (let place = keys.length - 1; place >= 0; place--) {
    const leader = leaderOf(place)
    const group = groups.get(leader)
    if (group) group.push(place)
    else groups.set(leader, [place])
  }
  return [...groups.values()].reverse()
}
