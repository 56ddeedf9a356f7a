#!/bin/sh
# Run the tests; all of them in two halves side by side, each with a database of its own:
# on two cores that takes little more than half the time. Fails if either does, and ends with
# the names of all that failed, in whichever half they stood. Each half tells its slowest tests.
set -u
python=.venv/bin/python
slowest=--durations=15
if [ "$*" != tests ]; then
    exec "$python" -m pytest "$@"
fi
told=$(mktemp -d)
trap 'kill "$other" 2>/dev/null; rm -rf "$told"' EXIT
trap 'exit 130' INT TERM
"$python" -m pytest "$slowest" -p no:cacheprovider tests/care tests/kernel tests/lab/faults >"$told/other" 2>&1 &
other=$!
{
    "$python" -m pytest "$slowest" tests --ignore=tests/care --ignore=tests/kernel \
        --ignore=tests/lab/faults
    echo $? >"$told/code"
} | tee "$told/here"
wait "$other"
there=$?
cat "$told/other"
here=$(cat "$told/code")
[ "$here" -eq 0 ] && [ "$there" -eq 0 ] && exit
grep -hE '^(FAILED|ERROR) ' "$told/here" "$told/other"
exit 1
