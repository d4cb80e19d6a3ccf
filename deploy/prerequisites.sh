#!/usr/bin/env bash
# Names what a machine lacks, with the command that installs it.
set -u
missing=0

need() { # name, test command, how to install it
    if ! eval "$2" >/dev/null 2>&1; then
        printf 'missing: %s\n  install it with: %s\n' "$1" "$3" >&2
        missing=1
    fi
}

need 'Linux' '[ "$(uname -s)" = Linux ]' 'a Linux machine; elsewhere use deploy/compose.yaml'
need 'Python 3.11 to 3.13 (python3)' \
    'python3 -c "import sys; assert (3, 11) <= sys.version_info < (3, 14)"' 'apt-get install python3'
need 'the venv module of Python' 'python3 -c "import venv, ensurepip"' 'apt-get install python3-venv'
need 'Java 17 or newer (java)' \
    '[ "$(java -version 2>&1 | sed -n "s/.*version \"\([0-9]*\).*/\1/p")" -ge 17 ]' \
    'apt-get install openjdk-17-jre-headless'
need 'Maven (mvn)' 'command -v mvn' 'apt-get install maven'
need 'libnuma (vLLM on a CPU is linked with it)' 'PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q libnuma.so.1' \
    'apt-get install libnuma1'
exit "$missing"
