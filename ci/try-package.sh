#!/usr/bin/env bash
# Tries the package that is installed in this folder: the example that keeps a file open is blocked, and its line is named.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$here/../examples/maven/src/main/java/com/example/Orders.java
port=${PORT:-8080}

node --version
java -version
npx crac-preflight doctor
javac -g -d classes "$source"
touch pom.xml
code=0
npx crac-preflight check --ready "port=$port" --json report.json -- java "-Dport=$port" -cp classes com.example.Orders || code=$?
if [ "$code" != 1 ]; then
  echo "The check ended with $code; a blocked app ends it with 1." >&2
  exit 1
fi
line=$(grep -n 'new FileReader' "$source" | cut -d: -f1)
if ! grep -q "Orders.java:$line" report.json; then
  echo "The report does not name Orders.java:$line." >&2
  exit 1
fi
echo "blocked, by Orders.java:$line"
