#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every source file is as .clang-format has it.  clang-format 14 is what the
# file is written for; where it is absent this is skipped (exit 77).
cd "$(dirname "$0")/.." || exit 2
tool=$(command -v clang-format-14 || command -v clang-format) || {
    echo "SKIPPED: clang-format is not installed, nothing was checked"
    exit 77
}
case $("$tool" --version) in
*"version 14."*) ;;
*)
    echo "SKIPPED: $("$tool" --version) is not version 14"
    exit 77
    ;;
esac
find proto common client terminal collector aggregator reporter console \
    tests bench -name '*.[ch]' -print0 2>/dev/null |
    xargs -0 "$tool" --dry-run --Werror
