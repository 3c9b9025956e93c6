// SPDX-License-Identifier: Apache-2.0
#include "terminal/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/rows_parts.h"

bool
key_is_all_columns(const struct natural_key *key)
{
    return key->single.kind == SOURCE_ABSENT && key->column_count == 0;
}

bool
key_leaves_out(const struct natural_key *key, struct span name)
{
    for (size_t i = 0; i < key->except_count; i++)
        if (span_equal(span_text(key->except[i]), name))
            return true;
    return false;
}

int
names_compare(struct span a, struct span b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

    if (order != 0)
        return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

static bool
ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

static enum status
map_file(struct rows *rows, const char *path, struct fault *fault)
{
    struct stat told;
    enum status status = STATUS_NOT_FOUND;

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &told) != 0) {
        fault_set(fault, CODE_MALFORMED, "", strerror(errno));
    } else if (!S_ISREG(told.st_mode) || (uint64_t)told.st_size > UINT32_MAX) {
        fault_set(fault, CODE_MALFORMED, "", "not a file of at most 4 GiB");
    } else {
        rows->size = (size_t)told.st_size;
        void *data = rows->size
                         ? mmap(NULL, rows->size, PROT_READ, MAP_PRIVATE, fd, 0)
                         : NULL;
        if (data == MAP_FAILED) {
            fault_set(fault, CODE_MALFORMED, "", strerror(errno));
        } else {
            rows->data = data;
            status = STATUS_OK;
        }
    }
    if (fd >= 0)
        close(fd);
    return status;
}

static bool
take_memory(struct rows *rows)
{
    rows->header = calloc(MAP_COLUMNS_MAX, sizeof *rows->header);
    rows->record = calloc(MAP_COLUMNS_MAX, sizeof *rows->record);
    rows->cells = calloc(MAP_COLUMNS_MAX, sizeof *rows->cells);
    rows->all = calloc(MAP_COLUMNS_MAX, sizeof *rows->all);
    rows->texts.data = malloc(ROW_TEXT_MAX);
    rows->texts.capacity = ROW_TEXT_MAX;
    return rows->header && rows->record && rows->cells && rows->all &&
           rows->texts.data;
}

enum status
rows_open(struct rows **out, const char *path, const struct import_map *map,
          struct fault *fault)
{
    struct rows *rows = calloc(1, sizeof *rows);
    if (!rows || !take_memory(rows)) {
        fault_set(fault, CODE_MALFORMED, "", "out of memory");
        rows_close(rows);
        return STATUS_SYSTEM;
    }
    rows->map = map;
    rows->is_json = ends_with(path, ".jsonl") || ends_with(path, ".ndjson");
    enum status status = map_file(rows, path, fault);
    if (status == STATUS_OK && !rows->is_json && !ends_with(path, ".csv")) {
        fault_set(fault, CODE_MALFORMED, "",
                  "its name ends neither in .csv nor in .jsonl");
        status = STATUS_MALFORMED;
    }
    if (status == STATUS_OK && !rows->is_json)
        status = csv_rows_start(rows, fault);
    if (status != STATUS_OK) {
        rows_close(rows);
        return status;
    }
    *out = rows;
    return STATUS_OK;
}

void
rows_close(struct rows *rows)
{
    if (!rows)
        return;
    csv_fini(&rows->csv);
    json_decref(rows->object);
    if (rows->data)
        munmap((void *)(uintptr_t)rows->data, rows->size);
    free(rows->header);
    free(rows->record);
    free(rows->cells);
    free(rows->all);
    free(rows->texts.data);
    free(rows);
}

enum status
rows_next(struct rows *rows, struct row *row, struct fault *fault)
{
    *row = (struct row){.number = rows->number};
    enum status status = rows->is_json ? json_rows_next(rows, row, fault)
                                       : csv_rows_next(rows, row, fault);
    if (status == STATUS_OK || status == STATUS_MALFORMED)
        rows->number += 1;
    return status;
}

void
rows_done(const struct rows *rows, uint64_t *bytes, uint64_t *total)
{
    *bytes = rows->is_json ? rows->offset : rows->csv.offset;
    *total = rows->size;
}
