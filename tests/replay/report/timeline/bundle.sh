#!/bin/sh
# timeline-bundle: bundles the page of timelines again, from its sources and the libraries that
# package-lock.json names, and compares it with the one that is committed.
set -eu
web=$(cd -- "$(dirname -- "$0")/../../../../replay/report/timeline/web" && pwd)
if ! command -v node >/dev/null || ! npm ping >/dev/null 2>&1; then
  echo "skipped: there is no npm, or its registry is out of reach"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$web/src" "$web/bundle.mjs" "$web/package.json" "$web/package-lock.json" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel error
mkdir "$work/made"
node bundle.mjs "$work/made"
for page in page.html campaign.html; do
  cmp "$work/made/$page" "$web/$page" && continue
  echo "$page is not what src/ makes; run in $web: npm ci && npm run bundle"
  exit 1
done
echo "page.html and campaign.html are what src/ makes"
