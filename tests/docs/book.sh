#!/bin/sh
# The book is built from docs/ and mkdocs.yml, and MkDocs has no complaint: no dead link, no page
# missing. Exit status 77 where MkDocs is not installed.
set -eu
cd -- "$(dirname -- "$0")/../.."
command -v mkdocs >/dev/null || {
  echo "skipped: mkdocs is not installed (./dev book installs it)"
  exit 77
}
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
PYTHONDONTWRITEBYTECODE=1 mkdocs build --quiet --strict --site-dir "$site"
for page in index.html book/start.html checks/double-mutation.html; do
  [ -s "$site/$page" ] || {
    echo "$page is missing"
    exit 1
  }
done
