#!/bin/sh
# Makes sure that the browser tests find a Chromium: the one on PATH, else the distribution's
# package, else Playwright's own download.
set -eu

# The same question the tests ask (tests/browser/chromium.py).
found() { .venv/bin/python tests/browser/chromium.py >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if ! found && command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "Installing the chromium package for the browser tests"
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium; } </dev/null || true
fi
if ! found; then
    echo "Downloading Playwright's Chromium for the browser tests"
    as_root true 2>/dev/null && deps=--with-deps || deps=
    # shellcheck disable=SC2086
    .venv/bin/python -m playwright install $deps chromium </dev/null ||
        .venv/bin/python -m playwright install chromium </dev/null || true
fi
if ! found; then
    echo "The browser tests need Chromium; on Debian: sudo apt install chromium (elsewhere: .venv/bin/python -m playwright install --with-deps chromium)" >&2
    exit 1
fi
