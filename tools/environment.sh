#!/bin/sh
# Make .venv as the lock says: finds or fetches uv, finds a Python, installs, and says what it does.
set -eu
cd "$(dirname "$0")/.."

stop() { printf 'anbu: %s\n' "$1" >&2; exit 1; }

find_python() {
    for python in "$HOME"/.pyenv/versions/3.13*/bin/python python3.13 \
        "$HOME"/.pyenv/versions/3.1[24]*/bin/python python3.12 python3.14 python3; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
            "$python" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    echo 3.13 # uv fetches one itself
}

uv=$(sh tools/uv.sh)
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
    "$uv" venv --quiet --clear --no-project --python "$(find_python)" .venv ||
        stop "found no Python 3.12 or newer and could not fetch one: install python3.13"
fi
echo "anbu: installing Python packages ($(.venv/bin/python --version))"
VIRTUAL_ENV="$PWD/.venv"
export VIRTUAL_ENV
"$uv" pip sync --compile-bytecode --require-hashes requirements-dev.lock
"$uv" pip install --quiet --no-deps --no-build-isolation --editable .
sh tools/pango.sh
