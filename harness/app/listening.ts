/** The sockets that listen on a TCP port, as a table in /proc/PID/net tells them: their inodes. */
export function listenersIn(table: string, port: number): string[] {
  return table
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && parseInt(local?.split(':')[1] ?? '', 16) === port)
    .flatMap(([, , , , , , , , , inode]) => inode ?? [])
}

/** TCP_LISTEN in the kernel's own numbers. */
const LISTEN = '0A'
