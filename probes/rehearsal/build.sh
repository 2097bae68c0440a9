#!/bin/sh
# Builds librehearsal.so and rehearsal.jar into the folder OUT; does nothing when they are up to date.
# Needs gcc, or the compiler that CC names, and a JDK 17 or newer: JAVA_HOME, or the one that javac belongs to.
#   build.sh OUT
set -eu
out=${1:?usage: build.sh OUT}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"

if [ -f "$out/librehearsal.so" ] && [ -f "$out/rehearsal.jar" ] &&
    [ -z "$(find . -type f \( -newer "$out/librehearsal.so" -o -newer "$out/rehearsal.jar" \) ! -name '*.md' | head -n 1)" ]; then
    exit 0
fi

jdk=${JAVA_HOME:-}
if [ ! -f "$jdk/include/jvmti.h" ] || [ ! -x "$jdk/bin/javac" ]; then
    javac=$(command -v javac) || { echo "build.sh: no JDK found; set JAVA_HOME to a JDK 17 or newer" >&2; exit 1; }
    jdk=$(dirname "$(dirname "$(readlink -f "$javac")")")
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${CC:-gcc}" -shared -fPIC -O2 -std=gnu11 -Wall -Wextra -Werror -pthread -fvisibility=hidden \
    -I"$jdk/include" -I"$jdk/include/linux" native/*.c -o "$work/librehearsal.so"
# strings are joined without invokedynamic: the agent makes no classes in the JVM that it looks at
compile="$jdk/bin/javac --release 17 -Xlint:all,-serial,-processing -Werror -XDstringConcat=inline -g:source,lines"
mkdir "$work/classes"
$compile -d "$work/classes" $(find java -name '*.java')
# stored, not compressed: the native half reads it itself
"$jdk/bin/jar" --create --no-compress --no-manifest --file "$work/rehearsal.jar" -C "$work/classes" .
# the old files may be mapped by a running JVM: they are replaced, never rewritten
for file in librehearsal.so rehearsal.jar; do
    cp "$work/$file" "$out/.$file.new"
    mv -f "$out/.$file.new" "$out/$file"
done
