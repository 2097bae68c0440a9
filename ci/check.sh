#!/usr/bin/env bash
# Runs a check as the composite action does: every report in one folder, and the blockers on the lines of the change.
set -euo pipefail

: "${PREFLIGHT_ARGUMENTS:?Set it to what follows \"crac-preflight check\"}"
folder=${PREFLIGHT_FOLDER:-preflight-report}
version=${PREFLIGHT_PACKAGE:-latest}
case $version in
  */* | *.tgz) package=$version ;;
  *) package=crac-preflight@$version ;;
esac

# The arguments are words as a shell reads them; nothing in them is expanded or run.
mapfile -d '' -t arguments < <(xargs printf '%s\0' <<<"$PREFLIGHT_ARGUMENTS")

mkdir -p "$folder"
echo "sarif=$folder/preflight.sarif" >>"${GITHUB_OUTPUT:-/dev/null}"
exec npm exec --yes "--package=$package" -- crac-preflight check \
  --annotations auto --report-folder "$folder" \
  --html "$folder/preflight.html" --sarif "$folder/preflight.sarif" \
  "${arguments[@]}"
