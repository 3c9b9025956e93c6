// SPDX-License-Identifier: Apache-2.0
#include "client/alert_list.h"

#include <stdlib.h>
#include <string.h>

struct alert_list *
alert_list_share(struct alert_list *list)
{
    if (list)
        atomic_fetch_add(&list->holders, 1);
    return list;
}

void
alert_list_close(struct alert_list *list)
{
    if (list && atomic_fetch_sub(&list->holders, 1) == 1)
        free(list);
}

static int
compare_keys(const struct entity_key *a, const struct entity_key *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, shorter);

    return order != 0 ? order : (int)a->length - (int)b->length;
}

// by_key orders entries of one key as they came: qsort is not stable, but they
// lie in one array.
static int
by_key(const void *a, const void *b)
{
    const struct alert_entry *const *left = a, *const *right = b;
    int order = compare_keys(&(*left)->key, &(*right)->key);

    return order != 0 ? order : *left < *right ? -1 : *left > *right;
}

// The newest word about each key, ascending.
static size_t
newest(const struct alert_entry **sorted, size_t count)
{
    size_t kept = 0;

    qsort(sorted, count, sizeof *sorted, by_key);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count ||
            compare_keys(&sorted[i]->key, &sorted[i + 1]->key) != 0)
            sorted[kept++] = sorted[i];
    return kept;
}

static void
keep(struct alert_list *list, const struct alert_entry *entry, int64_t since_ms)
{
    const struct alert *alert = &entry->alert;

    if (alert->kind == ALERT_NONE ||
        (alert->kind == ALERT_DETRACTOR && alert->at < since_ms))
        return;
    if (list->count < ALERTS_MAX)
        list->entries[list->count++] = *entry;
    else
        list->is_cut = true; // and stays so until all is read again
}

static void
merge(struct alert_list *out, const struct alert_list *list,
      const struct alert_entry **fresh, size_t count, int64_t since_ms)
{
    size_t old_count = list ? list->count : 0;

    for (size_t i = 0, j = 0; i < old_count || j < count;) {
        int order = i == old_count ? 1
                    : j == count
                        ? -1
                        : compare_keys(&list->entries[i].key, &fresh[j]->key);
        if (order < 0) {
            keep(out, &list->entries[i++], since_ms);
        } else {
            keep(out, fresh[j++], since_ms);
            i += order == 0;
        }
    }
}

struct alert_list *
alert_list_merge(const struct alert_list *list, const struct alert_entry *fresh,
                 size_t count, int64_t since_ms, uint64_t position)
{
    size_t whole = (list ? list->count : 0) + count;
    size_t most = whole < ALERTS_MAX ? whole : ALERTS_MAX;
    const struct alert_entry **sorted =
        malloc((count + 1) * sizeof(struct alert_entry *));
    struct alert_list *out =
        malloc(sizeof *out + most * sizeof(struct alert_entry));

    if (sorted && out) {
        atomic_init(&out->holders, 1);
        out->position = position;
        out->is_cut = list && list->is_cut;
        out->count = 0;
        for (size_t i = 0; i < count; i++)
            sorted[i] = &fresh[i];
        merge(out, list, sorted, newest(sorted, count), since_ms);
    } else {
        free(out);
        out = NULL;
    }
    free(sorted);
    return out;
}
