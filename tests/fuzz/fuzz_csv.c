// SPDX-License-Identifier: Apache-2.0
//
// CSV: the first byte is the separator.  What was read, written again with
// every cell quoted, reads the same; a broken record is told and costs no more
// than itself.
#include "client/buffer.h"
#include "common/config/csv.h"
#include "tests/fuzz/fuzz.h"

enum { CELLS_MOST = 16 };

static void
put_quoted(struct buffer *text, struct span cell)
{
    buffer_put(text, "\"");
    for (uint32_t i = 0; i < cell.length; i++)
        buffer_bytes(text,
                     cell.data[i] == '"' ? "\"\"" : (const char *)&cell.data[i],
                     cell.data[i] == '"' ? 2 : 1);
    buffer_put(text, "\"");
}

static void
put_record(struct buffer *text, const struct span *cells, size_t count,
           char separator)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_bytes(text, &separator, 1);
        put_quoted(text, cells[i]);
    }
    buffer_put(text, "\r\n");
}

// read_all reads every record and writes it to `again`; returns how many.
static size_t
read_all(struct span text, char separator, struct buffer *again, bool *broken)
{
    struct span cells[CELLS_MOST];
    struct csv csv;
    size_t count, records = 0;
    uint32_t before = 0;

    csv_init(&csv, text, separator);
    for (;;) {
        enum status status = csv_next(&csv, cells, CELLS_MOST, &count);
        if (status == STATUS_AGAIN)
            break;
        must(csv.offset > before && csv.offset <= text.length,
             "reading goes on");
        before = csv.offset;
        if (status == STATUS_OK) {
            must(count >= 1 && count <= CELLS_MOST, "a record has cells");
            put_record(again, cells, count, separator);
            records++;
        } else {
            must(status == STATUS_MALFORMED && csv.problem && csv.line >= 1 &&
                     csv.column >= 1,
                 "what is broken is told, and where");
            *broken = true;
        }
    }
    csv_fini(&csv);
    return records;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = ",;|\t";
    struct buffer once = {0}, twice = {0};
    bool broken = false;

    if (size == 0)
        return 0;
    char separator = separators[data[0] % 4];
    size_t records =
        read_all(span_of(data + 1, size - 1), separator, &once, &broken);
    broken = false;
    must(read_all(span_of(once.data, once.used), separator, &twice, &broken) ==
                 records &&
             !broken,
         "what is written can be read, record by record");
    must(span_equal(span_of(once.data, once.used),
                    span_of(twice.data, twice.used)),
         "cells survive quoting");
    buffer_fini(&once);
    buffer_fini(&twice);
    return 0;
}
