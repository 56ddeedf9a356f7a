#!/bin/sh
# Run the tests; all of them in two halves side by side, each with a database of its own:
# on two cores that takes little more than half the time. Tells of both, fails if either does.
set -u
python=.venv/bin/python
if [ "$*" != tests ]; then
    exec "$python" -m pytest "$@"
fi
told=$(mktemp)
trap 'kill "$other" 2>/dev/null; rm -f "$told"' EXIT
trap 'exit 130' INT TERM
"$python" -m pytest -p no:cacheprovider tests/care tests/kernel tests/lab/faults >"$told" 2>&1 &
other=$!
"$python" -m pytest tests --ignore=tests/care --ignore=tests/kernel --ignore=tests/lab/faults
here=$?
wait "$other"
there=$?
cat "$told"
[ "$here" -eq 0 ] && [ "$there" -eq 0 ]
