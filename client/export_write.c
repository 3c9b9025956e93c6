// SPDX-License-Identifier: Apache-2.0
#include "client/export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/crypto/digest.h"

enum { CHUNK = 65536, WATCH_EVERY = 256, CHECKSUM_SIZE = 32 };

// A file being written.
struct writing {
    const struct export *export;
    enum export_format format;
    int fd;
    struct grid_cell *cells;
    struct buffer line; // of CSV
    struct buffer out;  // not yet written
    struct digest_run digest;
    struct xlsx *xlsx;
    struct imprint imprint;
};

// flush writes what has gathered, when there is enough of it or at the end.
static enum status
flush(struct writing *writing, bool all)
{
    struct buffer *out = &writing->out;

    if (out->failed || writing->line.failed) {
        errno = ENOMEM;
        return STATUS_SYSTEM;
    }
    if (!all && out->used < CHUNK)
        return STATUS_OK;
    for (size_t done = 0; done < out->used;) {
        ssize_t wrote = write(writing->fd, out->data + done, out->used - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return STATUS_SYSTEM;
        done += (size_t)wrote;
    }
    out->used = 0;
    return STATUS_OK;
}

// note_line adds a line of CSV to the checksum, and to a file of CSV.
static void
note_line(struct writing *writing)
{
    struct buffer *line = &writing->line;

    digest_add(&writing->digest, span_of(line->data, line->used));
    if (writing->format == EXPORT_CSV)
        buffer_bytes(&writing->out, line->data, line->used);
    line->used = 0;
}

static enum status
begin(struct writing *writing)
{
    const struct grid *grid = writing->export->grid;
    char path[64];

    digest_begin(&writing->digest, CHECKSUM_SIZE);
    grid_csv_head(grid, &writing->line);
    if (!writing->line.failed)
        note_line(writing);
    if (writing->format == EXPORT_JSON)
        buffer_put(&writing->out, "{\"rows\":[");
    if (writing->format != EXPORT_XLSX)
        return STATUS_OK;
    // The library only writes to a name: one that leads to the descriptor.
    snprintf(path, sizeof path, "/proc/self/fd/%d", writing->fd);
    return xlsx_open(&writing->xlsx, path, grid);
}

static enum status
write_row(struct writing *writing, size_t row)
{
    const struct grid *grid = writing->export->grid;
    struct buffer *out = &writing->out;

    grid_take(grid, row, writing->cells);
    grid_csv_row(grid, writing->cells, &writing->line);
    if (!writing->line.failed)
        note_line(writing);
    if (writing->xlsx)
        return xlsx_row(writing->xlsx, writing->cells);
    if (writing->format == EXPORT_JSON) {
        buffer_put(out, row > 0 ? ",\n{" : "\n{");
        grid_json_cells(grid, writing->cells, 0, grid->column_count, out);
        buffer_put(out, "}");
    }
    return flush(writing, false);
}

static enum status
write_rows(struct writing *writing, const struct export_watch *watch)
{
    size_t rows = writing->export->grid->row_count;

    for (size_t row = 0; row < rows; row++) {
        if (watch && row % WATCH_EVERY == 0 &&
            !watch->step(watch->context, row, rows))
            return STATUS_STOPPED;
        enum status status = write_row(writing, row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status
end(struct writing *writing)
{
    uint8_t checksum[CHECKSUM_SIZE];

    digest_end(&writing->digest, checksum, sizeof checksum);
    imprint_add_hash(&writing->imprint, "the same as CSV (BLAKE2b-256)",
                     checksum, sizeof checksum);
    if (writing->format == EXPORT_JSON) {
        buffer_put(&writing->out, "],\n\"about\":");
        imprint_json(&writing->imprint, &writing->out);
        buffer_put(&writing->out, "}\n");
    }
    struct xlsx *xlsx = writing->xlsx;
    writing->xlsx = NULL;
    return xlsx ? xlsx_close(xlsx, &writing->export->chart, &writing->imprint)
                : flush(writing, true);
}

enum status
export_write(const struct export *export, enum export_format format, int fd,
             const struct export_watch *watch)
{
    struct writing writing = {.export = export,
                              .format = format,
                              .fd = fd,
                              .cells = grid_cells_alloc(export->grid),
                              .imprint = export->imprint};

    enum status status = writing.cells ? begin(&writing) : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = write_rows(&writing, watch);
    if (status == STATUS_OK)
        status = end(&writing);
    xlsx_abort(writing.xlsx);
    buffer_fini(&writing.line);
    buffer_fini(&writing.out);
    free(writing.cells);
    return status;
}
