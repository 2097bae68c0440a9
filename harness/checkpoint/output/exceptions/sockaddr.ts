/** Decodes the hexadecimal bytes of a `sockaddr` into `host:port` or a socket's path; null where they say nothing. */
export function decodeSockaddr(hex: string): string | null {
  if (hex.length < 4 || hex.length % 2 !== 0) return null
  const bytes = Buffer.from(hex, 'hex')
  const family = (bytes[0] ?? 0) | (bytes[1] ?? 0) // one of the two is zero, on either byte order
  if (family === 1) return decodePath(bytes.subarray(2))
  if (bytes.length < 4) return null
  const port = bytes.readUInt16BE(2)
  if (family === 2 && bytes.length >= 8) return `${[...bytes.subarray(4, 8)].join('.')}:${port}`
  if (family === 10 && bytes.length >= 24) return `[${formatIpv6(bytes.subarray(8, 24))}]:${port}`
  return null
}

/** A path ends at NUL; one that starts with it is Linux's abstract name, written with `@` as `ss` does. */
function decodePath(bytes: Buffer): string | null {
  const text = bytes.toString('latin1')
  if (text.startsWith('\0')) return text.length > 1 ? `@${text.slice(1)}` : null
  const [path = ''] = text.split('\0', 1)
  return path === '' ? null : path
}

function formatIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${[...bytes.subarray(12)].join('.')}`
  }
  const zeros = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (zeros.length < 2) return hex.join(':')
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}
