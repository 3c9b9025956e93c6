// SPDX-License-Identifier: Apache-2.0
#include "common/config/csv.h"

#include <stdlib.h>
#include <string.h>

void
csv_init(struct csv *csv, struct span text, char separator)
{
    *csv = (struct csv){.text = text, .separator = separator, .next_line = 1};
    if (text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        csv->offset = 3;
}

void
csv_fini(struct csv *csv)
{
    free(csv->scratch);
    csv->scratch = NULL;
}

static bool
at_end(const struct csv *csv)
{
    return csv->offset >= csv->text.length;
}

static char
peek(const struct csv *csv)
{
    return (char)csv->text.data[csv->offset];
}

static bool
at_line_end(const struct csv *csv)
{
    return at_end(csv) || peek(csv) == '\n' || peek(csv) == '\r';
}

// take_line_end takes one LF, CRLF or CR.
static void
take_line_end(struct csv *csv)
{
    if (at_end(csv))
        return;
    char first = peek(csv);
    csv->offset++;
    if (first == '\r' && !at_end(csv) && peek(csv) == '\n')
        csv->offset++;
    csv->next_line++;
}

static void
skip_line(struct csv *csv)
{
    while (!at_line_end(csv))
        csv->offset++;
    take_line_end(csv);
}

static void
take_plain(struct csv *csv, struct span *cell)
{
    uint32_t start = csv->offset;

    while (!at_line_end(csv) && peek(csv) != csv->separator)
        csv->offset++;
    *cell = span_of(csv->text.data + start, csv->offset - start);
}

// The scratch is as large as the text, so that cells never move.
static bool
need_scratch(struct csv *csv)
{
    if (csv->scratch)
        return true;
    csv->scratch_capacity = csv->text.length;
    csv->scratch = malloc(csv->scratch_capacity);
    return csv->scratch != NULL;
}

static void
undouble(struct csv *csv, struct span *cell)
{
    char *out = csv->scratch + csv->scratch_used;
    uint32_t length = 0;

    for (uint32_t i = 0; i < cell->length; i++) {
        out[length++] = (char)cell->data[i];
        if (cell->data[i] == '"')
            i++; // always doubled here
    }
    csv->scratch_used += length;
    *cell = span_of(out, length);
}

static enum status
take_quoted(struct csv *csv, struct span *cell)
{
    uint32_t start = ++csv->offset, end;
    bool doubled = false;

    for (;; csv->offset++) {
        if (at_end(csv)) {
            csv->problem = "the quote that opens this cell is never closed";
            return STATUS_MALFORMED;
        }
        if (peek(csv) == '\n')
            csv->next_line++;
        if (peek(csv) != '"')
            continue;
        end = csv->offset++;
        if (at_end(csv) || peek(csv) != '"')
            break;
        doubled = true;
    }
    if (!at_line_end(csv) && peek(csv) != csv->separator) {
        csv->problem = "text follows the quote that closes this cell";
        return STATUS_MALFORMED;
    }
    *cell = span_of(csv->text.data + start, end - start);
    if (!doubled)
        return STATUS_OK;
    if (!need_scratch(csv))
        return STATUS_SYSTEM;
    undouble(csv, cell);
    return STATUS_OK;
}

static enum status
take_cell(struct csv *csv, struct span *cell)
{
    if (!at_end(csv) && peek(csv) == '"')
        return take_quoted(csv, cell);
    take_plain(csv, cell);
    if (cell->length == 0 || !memchr(cell->data, '"', cell->length))
        return STATUS_OK;
    csv->problem = "a quote stands inside a cell that is not quoted";
    return STATUS_MALFORMED;
}

static enum status
fail(struct csv *csv, enum status status, size_t cell)
{
    csv->column = (unsigned)cell + 1;
    skip_line(csv);
    return status;
}

enum status
csv_next(struct csv *csv, struct span *cells, size_t max, size_t *count)
{
    size_t used = 0;

    while (!at_end(csv) && at_line_end(csv))
        take_line_end(csv);
    if (at_end(csv))
        return STATUS_AGAIN;
    csv->line = csv->next_line;
    csv->scratch_used = 0;
    for (;;) {
        if (used == max) {
            csv->problem = "there are more cells than columns";
            return fail(csv, STATUS_MALFORMED, used);
        }
        enum status status = take_cell(csv, &cells[used]);
        if (status != STATUS_OK)
            return fail(csv, status, used);
        used++;
        if (at_line_end(csv))
            break;
        csv->offset++; // the separator
    }
    take_line_end(csv);
    *count = used;
    return STATUS_OK;
}
