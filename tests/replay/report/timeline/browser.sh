#!/bin/sh
# timeline-browser PROGRAM [FOLDER]: makes pages with PROGRAM, drives them in Debian's Chromium, and
# compares drawings with those of docs/pictures, which REPRISE_GOLDEN=write writes. Leaves screenshots in FOLDER.
set -eu
program=$(cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
shift
here=$(cd -- "$(dirname -- "$0")" && pwd)
chromium=$(command -v chromium || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null || ! npm ping >/dev/null 2>&1; then
  echo "skipped: there is no chromium, or no npm, or its registry is out of reach"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/browser/* "$work"
root=$(cd -- "$here/../../../.." && pwd)
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error)
cd "$root"  # where the sources are that a page quotes
node --test-reporter=spec "$work/pages.mjs" "$chromium" "$program" "$work" "$root/docs/pictures" "$@"
