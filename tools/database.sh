#!/bin/sh
# Makes sure that the tests of a shared database find a PostgreSQL server to start: the one that is
# there, else the distribution's package. Nothing of it runs outside the tests.
set -eu

# The same question the tests ask (tests/database_server.py).
found() { .venv/bin/python tests/database_server.py >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if ! found && command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "Installing the postgresql package for the tests of a shared database"
    # The package would make and start a server of its own, which nobody asked for.
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends postgresql-common &&
        as_root sed -i "s/^#\?create_main_cluster.*/create_main_cluster = false/" \
            /etc/postgresql-common/createcluster.conf &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends postgresql; } </dev/null || true
fi
if ! found; then
    echo "The tests of a shared database need PostgreSQL; on Debian: sudo apt install postgresql (elsewhere: have initdb and pg_ctl on PATH)" >&2
    exit 1
fi
