# shellcheck shell=bash
# exact.sh FDTRACE CREATIONS [OPTION...] -- [PATH...]: runs the program of all creations under the tracer, and prints what
# both say, each line with the name of who said it. scripts/kernels/judge.mjs judges.
tracer=$1 program=$2
shift 2
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
shift
folder=$(mktemp -d)
cd "$folder" || exit 1
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
mkfifo commands orders
"$program" "$@" <orders >told &
pid=$!
exec 4>orders
"$tracer" --pid $pid "${options[@]}" <commands >lines 2>errors &
tracer_pid=$!
exec 3>commands

# await FILE PATTERN NUMBER: until so many such lines are there, as long as both run that may write one.
await() {
  until [ "$(grep -c "$2" "$1")" -ge "$3" ]; do
    if ! kill -0 $tracer_pid 2>/dev/null || ! kill -0 $pid 2>/dev/null; then
        sed 's/^/tracer /' lines
        sed 's/^/errors /' errors
        sed 's/^/told /' told
        exit 1
    fi
    sleep 0.05
  done
}

await lines '"type":"ready"' 1
echo go >&4
await told READY 1
echo "snapshot $pid" >&3
await lines '"type":"snapshot-end"' 1
sed 's/^/tracer /' lines
echo storm >&4
await told STORM 1
echo "snapshot $pid" >&3
await lines '"type":"snapshot-end"' 2
tail -n 1 lines | sed 's/^/tracer /'
sed 's/^/told /' told
