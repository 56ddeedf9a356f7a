#!/bin/sh
# Look at the code for holes, and at what it stands on. usage: guard.sh code | holes | sbom
set -eu
cd "$(dirname "$0")/.."
bin=.venv-guard/bin

if [ ! -e .venv-guard/.ready ] || [ requirements-guard.lock -nt .venv-guard/.ready ]; then
    echo "anbu: installing the guards' own environment"
    uv=$(sh tools/uv.sh)
    "$uv" venv --quiet --clear --no-project --python .venv/bin/python .venv-guard
    "$uv" pip sync --quiet --require-hashes --python .venv-guard/bin/python requirements-guard.lock
    touch .venv-guard/.ready
fi

case "$1" in
code)
    "$bin/bandit" --quiet --configfile pyproject.toml --exclude tools/semgrep/rules.py --recursive anbu tools
    scan="$bin/semgrep scan --metrics=off --disable-version-check --quiet"
    PATH="$PWD/$bin:$PATH" $scan --test tools/semgrep
    PATH="$PWD/$bin:$PATH" $scan --error --config tools/semgrep/rules.yml --exclude tools/semgrep anbu tools
    ;;
holes)
    # A package that could not be looked up was not looked at: that is a failure, not a pass.
    found=$(mktemp)
    trap 'rm -f "$found"' EXIT
    "$bin/pip-audit" --requirement requirements.lock --require-hashes --disable-pip \
        --progress-spinner off --format json --output "$found" || true
    .venv/bin/python tools/holes.py "$found"
    ;;
sbom)
    mkdir -p build
    "$bin/cyclonedx-py" requirements requirements.lock --output-format JSON \
        --output-file build/sbom.json --output-reproducible
    echo "anbu: build/sbom.json lists what Anbu stands on (CycloneDX)"
    ;;
*)
    echo "usage: guard.sh code | holes | sbom" >&2
    exit 2
    ;;
esac
