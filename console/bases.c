// SPDX-License-Identifier: Apache-2.0
#include "console/bases.h"

#include <stdlib.h>
#include <string.h>

#include "common/config/programme.h"
#include "common/domain/money.h"

enum { BASES_BYTES_MAX = 64 * 1024 * 1024 };

static int
by_dealer(const void *a, const void *b)
{
    const struct base *left = a, *right = b;
    return strcmp(left->dealer, right->dealer);
}

static bool
keep(struct bases *bases, size_t *capacity, const struct base *base)
{
    if (bases->count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 256;
        void *rows = reallocarray(bases->rows, larger, sizeof *bases->rows);
        if (!rows)
            return false;
        bases->rows = rows;
        *capacity = larger;
    }
    bases->rows[bases->count++] = *base;
    return true;
}

static enum status
read_row(struct sheet *sheet, const size_t columns[2], struct bases *bases,
         size_t *capacity)
{
    struct base base;
    bool there;

    if (!sheet_whole(sheet, columns[1], MONEY_MAX, &there, &base.fen))
        return STATUS_OK; // told
    if (!there) {
        sheet_tell(sheet, columns[1], "the base is missing; 0 for none");
        return STATUS_OK;
    }
    base.dealer = pool_text(&bases->pool, sheet->cells[columns[0]]);
    return base.dealer && keep(bases, capacity, &base) ? STATUS_OK
                                                       : STATUS_SYSTEM;
}

static enum status
read_rows(struct sheet *sheet, struct bases *bases)
{
    static const char *const names[] = {"dealer", "base_fen"};
    size_t columns[2], capacity = 0;
    bool found = true;

    for (int i = 0; i < 2; i++)
        if (!sheet_find(sheet, names[i], &columns[i])) {
            problem_add(sheet->problems, sheet->file, sheet->csv.line, names[i],
                        "the column is missing");
            found = false;
        }
    if (!found)
        return STATUS_MALFORMED;
    for (;;) {
        enum status status = sheet_next(sheet);
        if (status == STATUS_AGAIN)
            return STATUS_OK;
        if (status == STATUS_OK)
            status = read_row(sheet, columns, bases, &capacity);
        if (status == STATUS_SYSTEM)
            return status;
    }
}

static void
sort_rows_by_dealer(struct bases *bases, const char *path,
                    struct problems *problems)
{
    if (bases->count > 0)
        qsort(bases->rows, bases->count, sizeof *bases->rows, by_dealer);
    for (size_t i = 1; i < bases->count; i++)
        if (strcmp(bases->rows[i - 1].dealer, bases->rows[i].dealer) == 0)
            problem_add(problems, path, 0, "dealer", "%.64s has two bases",
                        bases->rows[i].dealer);
}

enum status
bases_load(const char *path, struct bases *bases, struct problems *problems)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    char *data = NULL;
    size_t length;

    *bases = (struct bases){0};
    if (!sheet)
        return STATUS_SYSTEM;
    enum status status =
        file_take(path, BASES_BYTES_MAX, &data, &length, problems);
    if (status == STATUS_OK) {
        status = sheet_open(sheet, span_of(data, length), path, problems);
        if (status == STATUS_OK)
            status = read_rows(sheet, bases);
        sheet_close(sheet);
    }
    free(sheet);
    free(data);
    if (status == STATUS_OK)
        sort_rows_by_dealer(bases, path, problems);
    return status == STATUS_OK && problems->count > 0 ? STATUS_MALFORMED
                                                      : status;
}

void
bases_fini(struct bases *bases)
{
    free(bases->rows);
    pool_fini(&bases->pool);
    *bases = (struct bases){0};
}

int64_t
bases_find(const struct bases *bases, const char *dealer)
{
    const struct base wanted = {.dealer = dealer};
    const struct base *found = bases->count > 0
                                   ? bsearch(&wanted, bases->rows, bases->count,
                                             sizeof *bases->rows, by_dealer)
                                   : NULL;

    return found ? found->fen : -1;
}
