#!/bin/sh
# Print the path of a Chromium for the browser tests; install Debian's where we may.
set -eu

find_one() {
    for name in "${ANBU_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

has_korean() { ! command -v fc-list >/dev/null || [ -n "$(fc-list :lang=ko 2>/dev/null | head -n 1)" ]; }

if found=$(find_one) && has_korean; then echo "$found"; exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "anbu: installing Debian's chromium and fonts-noto-cjk" >&2
    wanted=fonts-noto-cjk
    find_one >/dev/null || wanted="$wanted chromium"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted; } >&2 </dev/null
fi
find_one && exit 0
cat >&2 <<'SAY'
anbu: the browser tests need Chromium or Chrome. Install it (Debian, as root:
      apt-get install chromium fonts-noto-cjk), or name one: ANBU_CHROMIUM=/path/to/chrome make test
SAY
exit 1
