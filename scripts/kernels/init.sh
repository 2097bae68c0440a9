#!/bin/busybox sh
# shellcheck shell=dash
# The guest's first process: puts a writable layer over the machine's own root, runs the job in it, and says how it ended.
b=/bin/busybox
$b mount -t proc none /proc
$b mount -t sysfs none /sys
$b mount -t devtmpfs none /dev
for module in $($b cat /modules); do $b insmod "/lib/$module.ko" || echo "insmod $module failed"; done
give_up() {
  echo "$1" >/dev/ttyS1
  $b poweroff -f
}
$b stty -F /dev/ttyS1 raw
$b mount -t virtiofs -o ro root /ro || give_up 'the guest has no virtiofs'
$b mount -t tmpfs -o size=90% none /rw
$b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work none /root || give_up 'the guest has no overlay'
$b mount -t proc none /root/proc
$b mount -t sysfs none /root/sys
$b mount --move /dev /root/dev
$b mkdir -p /root/dev/pts /root/dev/shm
$b mount -t devpts none /root/dev/pts
$b mount -t tmpfs none /root/dev/shm
# A checkout below a folder that gets a file system of its own is seen through it.
checkout=/root$($b cat /checkout)
$b mount --bind "$checkout" /kept
$b mount -t tmpfs none /root/run
$b mount -t tmpfs none /root/tmp
$b mkdir -p "$checkout"
$b mount --move /kept "$checkout"
$b mount -t tracefs none /root/sys/kernel/tracing
$b mount -t securityfs none /root/sys/kernel/security
$b ln -sf /proc/self/fd /root/dev/fd
$b ln -sf /proc/self/fd/0 /root/dev/stdin
$b ln -sf /proc/self/fd/1 /root/dev/stdout
$b ln -sf /proc/self/fd/2 /root/dev/stderr
$b ip link set lo up
$b cp /job /root/run/job
$b chroot /root /bin/bash /run/job </root/dev/null >/root/dev/ttyS1 2>&1
echo "guest: job ended with $?" >/root/dev/ttyS1
$b poweroff -f
