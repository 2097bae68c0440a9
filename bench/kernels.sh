# shellcheck shell=bash
# kernels.sh FDTRACE LOOPS TIMES: what a call that makes nothing and an open with its close take, without a tracer, and with
# each set of programs: in the process that is traced, and in one that is not. Prints "SET WHO CALLS|OPENS NANOSECONDS".
tracer=$1 loops=$2 times=$3
folder=$(mktemp -d)
cd "$folder" || exit 1
trap 'exec 3>&- 4>&- 5>&-; wait; rm -rf "$folder"' EXIT
mkfifo app bystander commands
touch app.out bystander.out
"$loops" "$times" <app >>app.out &
pid=$!
"$loops" "$times" <bystander >>bystander.out &
exec 3>app 4>bystander

# once SET WHO DESCRIPTOR: one more round of that program.
once() {
  local before
  before=$(wc -l <"$2.out")
  echo >&"$3"
  until [ "$(wc -l <"$2.out")" -ge $((before + 2)) ]; do sleep 0.05; done
  tail -n 2 "$2.out" | sed "s|^|$1 $2 |"
}

measure() {
  once "$1" app 3
  once "$1" bystander 4
}

traced() {
  "$tracer" --pid $pid --signal 0 --no-stacks --refuse "$2" <commands >lines 2>/dev/null &
  local by=$!
  exec 5>commands
  until grep -q '"type":"ready"' lines; do
    kill -0 $by 2>/dev/null || { exec 5>&-; return; }
    sleep 0.05
  done
  measure "$1"
  exec 5>&-
  wait $by
}

measure warm-up
measure none
traced functions on_alloc,classic_alloc
traced raw fn_alloc,classic_alloc
traced classic fn_alloc,on_alloc
measure A/A
