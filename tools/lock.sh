#!/bin/sh
# Settle versions and hashes. The locks name packages, never the place they came from.
set -eu
cd "$(dirname "$0")/.."
uv=$(sh tools/uv.sh)
"$uv" lock ${UPGRADE:+--upgrade}
options="--quiet --frozen --no-emit-project --no-annotate --no-header --format requirements-txt"
"$uv" export $options --no-dev --output-file requirements.lock >/dev/null
"$uv" export $options --output-file requirements-dev.lock >/dev/null
"$uv" pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
    ${UPGRADE:+--upgrade} --python-version 3.12 --output-file requirements-guard.lock tools/guard.in >/dev/null
if grep -nE '://|--(extra-)?index|--find-links' requirements*.lock; then
    echo "anbu: a lock names a place; it must not" >&2
    exit 1
fi
