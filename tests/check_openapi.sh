#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every route the reporter has is a path of docs/openapi.yaml, and the other way
# round.  Prints the ones on one side only.
cd "$(dirname "$0")/.." || exit 2
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT

# The table of site.c, and the stream that http.c answers itself.  A star in an
# address stands for one name, which the document gives braces.
sed -n '/^static const struct route routes\[\]/,/^};/p' reporter/site.c |
    grep -oE '"/[^"]*"' | tr -d '"' | sed 's/\*/{}/' >"$folder/have"
grep -oE '"/api/v1/stream"' reporter/http.c | tr -d '"' >>"$folder/have"
sed -n '/^paths:/,/^components:/p' docs/openapi.yaml |
    grep -oE '^  /[^:]*' | sed -E 's/^ +//; s/\{[a-z]+\}/{}/' >"$folder/told"

[ "$(wc -l <"$folder/have")" -ge 15 ] || {
    echo "reporter/site.c: its table of routes was not found"
    exit 1
}
for side in have told; do
    sort -u "$folder/$side" -o "$folder/$side"
done
diff "$folder/have" "$folder/told" >"$folder/diff" && exit 0
sed -n 's:^< \(.*\):\1   <- not in docs/openapi.yaml:p
        s:^> \(.*\):\1   <- not a route of the reporter:p' "$folder/diff"
exit 1
