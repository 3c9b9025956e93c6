#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The architecture, as a test: each outside library is included from one place
# only, inner layers never include outer ones, the domain stays pure, and the
# .proto files keep their rules.  Prints every line that breaks one.
cd "$(dirname "$0")/.." || exit 2
programs="terminal collector aggregator reporter console"
product="proto common client $programs"
bad=0

complain() { # complain <rule>: reads offending lines
    while IFS= read -r line; do
        echo "$line   <- $1"
    done | grep . && bad=1
}

includes() { # includes <header pattern> <folder>...
    pattern=$1
    shift
    grep -rnE "^ *# *include +[<\"]($pattern)[>\"]" --include='*.[ch]' "$@" \
        2>/dev/null
}

# only <header pattern> <folder>...: nobody but these folders sees it.
only() {
    header=$1
    shift
    home="^($(echo "$*" | tr ' ' '|'))/"
    # shellcheck disable=SC2086
    includes "$header" $product | grep -vE "$home" |
        complain "only for $*" && bad=1
}

# sees <folder> <allowed pattern>: of our own headers it includes only these.
sees() {
    includes '[a-z]+/[^">]*\.h' "$1" | grep '"' | grep -vE "\"($2)" |
        grep -v 'pb-c\.h' | complain "$1 may only see $2" && bad=1
}

only 'yaml\.h' common/config
only '[a-z/]*\.pb-c\.h|protobuf-c/.*' common/wire
only 'lmdb\.h' common/storage
only 'zmq\.h' common/transport
only 'sodium\.h' common/crypto
only 'sqlite3\.h' client
only 'zlib\.h' reporter
only 'microhttpd\.h|curl/.*' reporter
only 'xlsxwriter\.h' client
only 'jansson\.h' reporter terminal console client

base='common/(status|span)\.h'
middle="$base|common/(runtime|domain)/"
sees common/domain "$base|common/domain/"
sees common/runtime "$base|common/runtime/"
for layer in config wire storage transport crypto; do
    sees common/$layer "$middle|common/$layer/"
done
# access puts config, crypto and transport together for programs that serve.
sees common/access "$middle|common/(config|crypto|transport|access)/"
sees client 'common/|client/'
for program in terminal collector aggregator reporter; do
    sees $program "common/|client/|$program/"
done
# What works on a data directory itself uses the aggregator's own code: `verify`
# folds again what it folded, `comments` reads what it sealed.
sees console 'common/|client/|console/|aggregator/(backup|census|comments|fold|publication|purge|quarantine|rebuild|reconcile|verify)\.h'

# The domain: no clock, no allocation, no floating point, no input or output.
code() { # code <folder>: its lines without comments and strings
    find "$1" -name '*.[ch]' 2>/dev/null | sort | while IFS= read -r file; do
        awk -v file="$file" '
            { line = $0
              gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
              sub(/\/\/.*/, "", line)
              while (match(line, /\/\*([^*]|\*[^\/])*\*\//))
                  line = substr(line, 1, RSTART - 1) \
                         substr(line, RSTART + RLENGTH)
              print file ":" NR ":" line }' "$file"
    done
}
code common/domain |
    grep -E '[^a-z_](malloc|calloc|realloc|free|alloca|time|clock_gettime|gettimeofday|localtime|localtime_r|gmtime|fopen|printf|fprintf|getenv|rand) *\(|[^a-z_](float|double)[^a-z_]' |
    complain "the domain is pure" && bad=1

# Globals that change: a file-level variable that is not const.  The one
# exception is the level of the process's log.
for folder in common client $programs; do
    code "$folder" |
        grep -E '^[^:]*:[0-9]*:static [a-z_ ]*[a-z_*]+(\[[^]]*\])* *(=.*|;)$' |
        grep -vE 'const |\(|^common/runtime/log\.c:.* threshold = ' |
        complain "no globals" && bad=1
done

# Every source file names its licence in its first line.
for folder in $product tests bench; do
    find "$folder" -name '*.[ch]' -o -name '*.proto' 2>/dev/null
done | while IFS= read -r file; do
    head -n 1 "$file" | grep -q '^// SPDX-License-Identifier: Apache-2.0$' ||
        echo "$file:1:"
done | complain "SPDX line first" && bad=1

# proto2 as docs/PROTOCOL.md asks: every field optional, repeated or one of.
for file in proto/*.proto; do
    awk '
        /^ *\/\// { next }
        { sub(/\/\/.*/, "") }
        /^syntax/ && !/"proto2"/ { print FILENAME ":" FNR ": " $0 }
        /(^| )(required|group|extend|extensions|map *<)/ ||
        /\[ *default/ { print FILENAME ":" FNR ": " $0; next }
        /^ *enum / { enumeration = 1 }
        /^ *oneof / { one = 1 }
        /= *[0-9]+ *(\[packed = true\])? *;/ && !enumeration && !one &&
        !/^ *(optional|repeated) / && !/^syntax/ {
            print FILENAME ":" FNR ": " $0 }
        /^ *repeated +(u?int|sint|s?fixed|bool)/ && !/packed = true/ {
            print FILENAME ":" FNR ": " $0 }
        /}/ { if (one) one = 0; else enumeration = 0 }
    ' "$file"
done | complain "proto2: optional or repeated only, scalars packed" && bad=1

# In `... | complain && bad=1` complain runs in a subshell: its exit status,
# true when there was a line, is what sets bad.
exit $bad
