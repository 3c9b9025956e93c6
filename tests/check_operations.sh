#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs/OPERATIONS.md lists every log event and every metric of the programs, and
# every configuration key.  Prints what it does not mention.
cd "$(dirname "$0")/.." || exit 2
page=docs/OPERATIONS.md
bad=0

need() { # need <kind>: reads names, one a line
    sort -u | while IFS= read -r name; do
        grep -qF "$name" "$page" || echo "$page does not mention the $1 $name"
    done | grep . && bad=1
}

# The event is the first text of the call, on its line or on the next.
cat common/access/*.c aggregator/*.c collector/*.c reporter/*.c terminal/*.c console/*.c |
    tr '\n' ' ' |
    grep -oE 'log_(error|warning|notice|info)\( *"[a-z-]+"' |
    sed 's/.*"\([a-z-]*\)"/\1/' | need "log event" && bad=1

grep -hoE '"dealerpulse_[a-z0-9_]+' reporter/*.[ch] | tr -d '"' |
    sed 's/^dealerpulse_reporter_\(months\|tally_rows\|refresh_failures_total\|published_total\|publish_failures_total\)$/_\1/; s/^dealerpulse_http_[345]xx_.*/_5xx_/' |
    need "metric" && bad=1
sed -n 's/^ *X(\([a-z_]*_total\),.*/_\1/p' collector/counters.h |
    need "metric" && bad=1

# "name:" lines of the file that has every key; the section goes before.
awk '/^[a-z]+:/ { section = $1; sub(/:.*/, "", section); if (NF > 1) print section }
     /^  (# )?[a-z_]+:/ { sub(/# /, ""); key = $1; sub(/:.*/, "", key); print "." key "\n" }' \
    deploy/dealerpulse.yaml | grep . | sed 's/^\.name$/collector.name/' |
    need "key" && bad=1
exit $bad
