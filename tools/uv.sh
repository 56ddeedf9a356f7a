#!/bin/sh
# Print a uv that works; fetch one into .uv with pip when there is none.
set -eu
cd "$(dirname "$0")/.."
for uv in uv .uv/bin/uv; do
    if "$uv" --version >/dev/null 2>&1; then echo "$uv"; exit 0; fi
done
for python in python3 python python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    "$python" -m pip --version >/dev/null 2>&1 || continue
    echo "anbu: fetching uv with pip" >&2
    "$python" -m pip install --quiet --target .uv uv >&2 || continue
    echo .uv/bin/uv
    exit 0
done
echo "anbu: needs Python 3.11 or newer with pip (Debian: apt-get install python3-pip), or uv" >&2
exit 1
