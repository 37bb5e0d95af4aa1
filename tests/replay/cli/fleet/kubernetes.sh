#!/bin/sh
# fleet-kubernetes: the manifests that a fleet writes for Kubernetes, against the types of its API.
set -eu
program=$1
if ! command -v node >/dev/null || ! npm ping >/dev/null 2>&1; then
  echo "skipped: there is no npm, or its registry is out of reach"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname -- "$0")/package.json" "$(dirname -- "$0")/package-lock.json" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel error
"$program" fleet --on kubernetes --image tools:1 --shards 3 -- \
  fuzz 'reentry/*' --seed 7 --seeds 60 -j 2 >commands

# compiles FILE... : whether the compiler takes them.
compiles() { npx tsc --strict --noEmit --skipLibCheck "$@"; }

for manifest in shards merge; do
  {
    echo 'import type { Job } from "kubernetes-types/batch/v1";'
    printf 'export const job: Job = '
    cat results/$manifest.json
  } >$manifest.ts
  compiles $manifest.ts
  # A field that there is not, and a number that is a text, are refused.
  sed 's/"completions"/"completion"/' $manifest.ts >wrong.ts
  if compiles wrong.ts >refused; then echo "a wrong field was taken" && exit 1; fi
  sed 's/"parallelism": \([0-9]*\)/"parallelism": "\1"/' $manifest.ts >wrong.ts
  if compiles wrong.ts >refused; then echo "a wrong type was taken" && exit 1; fi
done
# The commands that it prints are shell.
sed -n '/^kubectl/,$p' commands >commands.sh
grep -q 'kubectl apply -f results/shards.json' commands.sh
sh -n commands.sh
echo "the manifests are Jobs of Kubernetes 1.30"
