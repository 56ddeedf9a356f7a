#!/bin/sh
# Have the library that sets letters in a PDF (Pango): the sheet for 119 and 112 is made with it.
# Without it everything else works, and the sheet is printed from the screen.
set -eu
cd "$(dirname "$0")/.."

works() { .venv/bin/python -W error -c 'import weasyprint' >/dev/null 2>&1; }

works && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "anbu: installing Debian's Pango" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; } >&2 </dev/null || true
fi
works || cat >&2 <<'SAY'
anbu: no PDF of the sheet for 119 and 112 here: Pango is missing. Install it (Debian, as root:
      apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango)
SAY
exit 0
