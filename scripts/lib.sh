# SPDX-License-Identifier: Apache-2.0
#
# What the scripts share: messages, packages, building.  Sourced by bash with
# `set -euo pipefail` in force.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
name=$(basename "$0")

# Exit codes of sysexits.h that the scripts use.
EX_USAGE=64 EX_UNAVAILABLE=69 EX_SOFTWARE=70 EX_TEMPFAIL=75 EX_NOPERM=77

# Debian 12 packages: what building, testing and running needs.
packages=(
    # build
    gcc libc6-dev cmake ninja-build pkg-config protobuf-c-compiler
    libprotobuf-c-dev libzmq3-dev liblmdb-dev libsodium-dev libsqlite3-dev
    libyaml-dev libmicrohttpd-dev libcurl4-openssl-dev libjansson-dev
    libxlsxwriter-dev zlib1g-dev libjs-chart.js
    # tests: cmocka, and a second terminal written in Python
    libcmocka-dev python3 python3-zmq python3-protobuf protobuf-compiler
    # fault tests: a second reader of the store; faults at the n-th system call;
    # networks that lose packets; clocks that jump; file systems that end
    python3-lmdb strace iproute2 nftables libfaketime e2fsprogs util-linux
    # tests of the API: its description, a certificate, another reader of its
    # workbooks; of the pages: a browser, Chinese type
    python3-yaml openssl python3-openpyxl chromium chromium-driver
    python3-selenium fonts-noto-cjk
    # running
    ca-certificates procps
)

say() {
    echo "$name: $*" >&2
}

die() { # die <exit code> <message>...
    local code=$1
    shift
    say "$@"
    exit "$code"
}

is_installed() { # is_installed <package>
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages brings what is missing, and says nothing when nothing is.
install_packages() {
    local missing=() package as_root=()
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
        die $EX_UNAVAILABLE "this is not Debian (no apt-get here)." \
            "Install by hand what these packages hold: ${packages[*]}"
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die $EX_NOPERM "missing packages: ${missing[*]}." \
                "Run this as root, or: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} missing packages: ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q update >&2 ||
        die $EX_UNAVAILABLE "apt-get update failed: is there a network?"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "${missing[@]}" >&2 ||
        die $EX_UNAVAILABLE "could not install: ${missing[*]}"
}

# configure makes build/<preset> ready; it only speaks when that fails, or is
# the first time.
configure() { # configure <preset>
    local log
    [ -f "$root/build/$1/build.ninja" ] || say "configuring build/$1"
    if ! log=$(cd "$root" && cmake --preset "$1" 2>&1); then
        echo "$log" >&2
        die $EX_SOFTWARE "cmake --preset $1 failed, see above"
    fi
}

build() { # build <preset> [target...]
    local preset=$1
    shift
    say "building build/$preset"
    (cd "$root" && cmake --build --preset "$preset" ${1:+--target "$@"}) >&2 ||
        die $EX_SOFTWARE "the build failed, see above"
}
