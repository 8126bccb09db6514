#!/bin/sh
# Usage: tools/setup.sh REQUIREMENTS
# Makes .venv with the newest suitable Python and installs REQUIREMENTS and the project into it.
# The system's Python stays untouched, so "externally managed" distributions are no obstacle.
set -eu

suitable() { # runs, and is 3.11 or newer
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() { # ${PYTHON3} wins; then the newest version that the compiler supports
    for name in ${PYTHON3:-} python3.15 python3.14 python3.13 python3.12 python3.11 python3 python
    do
        if suitable "$name"; then
            command -v "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no Python")
    echo "Python 3.11 or newer is needed, found $found; on Debian or Ubuntu: sudo apt install python3 python3-venv" >&2
    return 1
}

make_venv() {
    python=$(find_python)
    echo "Setting up .venv with $("$python" --version) ($python)"
    # Debian keeps ensurepip in a package of its own: then make the venv without pip and fetch it.
    if ! "$python" -m venv --clear .venv >/dev/null 2>&1 &&
        ! { "$python" -m venv --clear --without-pip .venv && .venv/bin/python tools/get_pip.py; }
    then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        echo "$python cannot make a virtual environment; on Debian or Ubuntu: sudo apt install $version-venv" >&2
        return 1
    fi
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! suitable .venv/bin/python; then
    make_venv
fi
echo "Installing what $1 lists (the first time this takes a minute or two)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" -e .
