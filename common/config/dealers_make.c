// SPDX-License-Identifier: Apache-2.0
#include "common/config/dealers_make.h"

#include <stdlib.h>
#include <string.h>

#include "common/config/dealers.h"
#include "common/config/text.h"

// The directory and the memory its arrays live in.
struct owned {
    struct directory directory; // first: dealers_free finds the rest by it
    struct pool pool;
};

// The rows of one dealer among the sorted entries.
struct group {
    size_t start, count;
    uint32_t place; // of its first row in the file
    uint32_t rank;  // by id
};

static const char *
id_of(const struct entry *entry)
{
    return entry->texts[COLUMN_ID];
}

static int
by_id_and_from(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = strcmp(id_of(left), id_of(right));

    if (order != 0)
        return order;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

static int
by_place(const void *a, const void *b)
{
    const struct group *left = a, *right = b;

    return left->place < right->place ? -1 : 1;
}

static bool
check_twins(const struct entry *entries, size_t count, const char *file,
            struct problems *problems)
{
    bool good = true;

    for (size_t i = 1; i < count; i++) {
        const struct entry *one = &entries[i - 1], *two = &entries[i];
        if (one->from != two->from || strcmp(id_of(one), id_of(two)) != 0)
            continue;
        problem_add(problems, file, two->line, "id",
                    "%s has a row of the same `from` in line %u", id_of(two),
                    one->line);
        good = false;
    }
    return good;
}

static size_t
find_groups(const struct entry *entries, size_t count, struct group *groups)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(id_of(&entries[i - 1]), id_of(&entries[i])) != 0) {
            groups[used] =
                (struct group){i, 0, entries[i].place, (uint32_t)used};
            used++;
        }
        struct group *group = &groups[used - 1];
        group->count++;
        if (entries[i].place < group->place)
            group->place = entries[i].place;
    }
    return used;
}

// The lengths were checked when the row was read.
static void
copy_row(const struct entry *entry, struct dealer_row *row)
{
    const char *const *texts = entry->texts;

    row->from = entry->from;
    (void)text_copy(span_text(texts[COLUMN_NAME]), row->name, sizeof row->name);
    (void)text_copy(span_text(texts[COLUMN_REGION]), row->region,
                    sizeof row->region);
    (void)text_copy(span_text(texts[COLUMN_BRAND]), row->brand,
                    sizeof row->brand);
    (void)text_copy(span_text(texts[COLUMN_SIZE]), row->size, sizeof row->size);
    (void)text_copy(span_text(texts[COLUMN_GROUP]), row->group,
                    sizeof row->group);
    (void)text_copy(span_text(texts[COLUMN_STATUS]), row->status,
                    sizeof row->status);
}

static enum status
fill(struct owned *owned, const struct entry *entries, size_t count,
     struct group *groups)
{
    size_t dealer_count = find_groups(entries, count, groups);
    struct dealer_row *rows = pool_take(&owned->pool, count, sizeof *rows);
    struct dealer *dealers =
        pool_take(&owned->pool, dealer_count, sizeof *dealers);
    uint32_t *by_id = pool_take(&owned->pool, dealer_count, sizeof *by_id);
    uint32_t *places = pool_take(
        &owned->pool, directory_place_count(dealer_count), sizeof *places);

    if (!rows || !dealers || !by_id || !places)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < count; i++)
        copy_row(&entries[i], &rows[i]);
    qsort(groups, dealer_count, sizeof *groups, by_place);
    for (size_t i = 0; i < dealer_count; i++) {
        const struct group *group = &groups[i];
        (void)text_copy(span_text(id_of(&entries[group->start])), dealers[i].id,
                        sizeof dealers[i].id);
        dealers[i].row_count = group->count;
        dealers[i].rows = rows + group->start;
        by_id[group->rank] = (uint32_t)i;
    }
    owned->directory = (struct directory){
        .dealer_count = dealer_count, .dealers = dealers, .by_id = by_id};
    directory_index(&owned->directory, places);
    return STATUS_OK;
}

enum status
dealers_make(struct entry *entries, size_t count, const char *file,
             struct directory **out, struct problems *problems)
{
    qsort(entries, count, sizeof *entries, by_id_and_from);
    if (!check_twins(entries, count, file, problems))
        return STATUS_MALFORMED;

    struct owned *owned = calloc(1, sizeof *owned);
    struct group *groups = calloc(count, sizeof *groups);
    enum status status = STATUS_SYSTEM;
    if (owned && groups)
        status = fill(owned, entries, count, groups);
    free(groups);
    if (status == STATUS_OK)
        *out = &owned->directory;
    else
        dealers_free(owned ? &owned->directory : NULL);
    return status;
}

void
dealers_free(struct directory *directory)
{
    struct owned *owned = (struct owned *)directory;

    if (!owned)
        return;
    pool_fini(&owned->pool);
    free(owned);
}
