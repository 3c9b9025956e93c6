// SPDX-License-Identifier: Apache-2.0
#include "common/config/programme.h"

#include <stdlib.h>
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024 };

static const int64_t day_ms = DAY_MS;

// The rulebook and the memory its arrays live in.
struct owned {
    struct rulebook book; // first: programme_free finds the rest by it
    struct pool pool;
};

void *
draft_take(struct programme_draft *draft, size_t count, size_t size)
{
    void *memory = pool_take(draft->pool, count, size);

    draft->out_of_memory = draft->out_of_memory || !memory;
    return memory;
}

size_t
draft_list(struct node list, size_t max)
{
    if (!node_list(list))
        return 0;
    size_t count = node_count(list);
    if (count > 0 && count <= max)
        return count;
    node_problem(list, "must have 1 to %zu members", max);
    return 0;
}

void
draft_name(struct node owner, const char *fallback, char en[RULE_NAME_MAX + 1],
           char zh[RULE_NAME_MAX + 1])
{
    struct node name = node_get(owner, "name");

    memcpy(en, fallback, strlen(fallback) + 1);
    if (node_kind(name) == NODE_MAP)
        node_text(node_get(name, "en"), en, RULE_NAME_MAX + 1);
    else
        node_text(name, en, RULE_NAME_MAX + 1);
    memcpy(zh, en, RULE_NAME_MAX + 1);
    if (node_kind(name) == NODE_MAP)
        node_text(node_get(name, "zh"), zh, RULE_NAME_MAX + 1);
}

// A date is midnight in the programme's zone; an instant says its offset.
static void
read_valid_from(struct programme_draft *draft, struct node node)
{
    struct civil date;
    bool plain;
    struct span text = node_raw(node, &plain);
    int64_t at;

    if (node_kind(node) == NODE_ABSENT)
        return;
    if (when_date(text, &date)) {
        at = when_local(&draft->book->zone, days_from_civil(date) * day_ms);
        draft->book->valid_from = at;
        return;
    }
    bool told = text.length > 10 && when_read(text, "iso", 0, &at);
    int64_t elsewhere;
    if (told && when_read(text, "iso", 3600, &elsewhere) && at == elsewhere)
        draft->book->valid_from = at;
    else
        node_problem(node, "must be a date such as 2026-01-01, or an instant "
                           "such as 2026-01-01T00:00+08:00");
}

static void
read_clocks(struct programme_draft *draft, struct node root)
{
    static const struct {
        const char *key;
        enum complaint_class class;
    } clocks[] = {{"general", CLASS_GENERAL},
                  {"complex", CLASS_COMPLEX},
                  {"hard", CLASS_HARD},
                  {"emergency", CLASS_EMERGENCY}};
    struct node node = node_get(root, "clocks");
    struct rulebook *book = draft->book;

    book->emergency_update_ms = 1800000; // 30 min
    if (!node_map(node))
        return;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct node clock = node_get(node, clocks[i].key);
        int64_t *ms = &book->clock_ms[clocks[i].class];
        if (node_duration(clock, 3660 * day_ms, ms) && *ms == 0)
            node_problem(clock, "must be longer than 0; leave it out for "
                                "no clock");
    }
    struct node update = node_get(node, "emergency_update");
    if (node_duration(update, 30 * day_ms, &book->emergency_update_ms) &&
        book->emergency_update_ms == 0)
        node_problem(update, "must be longer than 0");
}

static void
read_head(struct programme_draft *draft, struct node root)
{
    struct rulebook *book = draft->book;
    int64_t version = 0, close_days = 10;

    node_id(node_need(root, "id"), book->id, sizeof book->id);
    node_whole(node_need(root, "version"), 1, UINT32_MAX, &version);
    book->version = (uint32_t)version;
    programme_zone(draft, root);
    read_valid_from(draft, node_need(root, "valid_from"));

    struct node lookback = node_need(root, "lookback");
    if (node_duration(lookback, 73000 * day_ms, &book->lookback_ms) &&
        book->lookback_ms < day_ms)
        node_problem(lookback, "must be at least 1d");
    book->future_ms = day_ms;
    node_duration(node_get(root, "future"), 366 * day_ms, &book->future_ms);
    node_whole(node_get(root, "close_days"), 0, 3660, &close_days);
    book->close_days = (uint32_t)close_days;
    draft->min_n = 30;
    node_whole(node_get(root, "min_n"), 1, UINT32_MAX, &draft->min_n);
}

static void
read_programme(struct programme_draft *draft, struct node root)
{
    if (!node_map(root))
        return;
    read_head(draft, root);
    read_clocks(draft, root);
    programme_items(draft, root);
    programme_questionnaires(draft, root);
    programme_sets(draft, root);
    programme_pairs(draft, root);
    programme_kpis(draft, root);
    programme_peers(draft, root);
    programme_ranking(draft, root);
    programme_rebate(draft, root);
    programme_tests(draft, root);
}

enum status
programme_read(struct span text, const char *file, struct rulebook **out,
               struct problems *problems)
{
    struct tree *tree;
    enum status status = tree_open(&tree, text, file, problems);

    if (status != STATUS_OK)
        return status;
    struct owned *owned = calloc(1, sizeof *owned);
    if (!owned) {
        tree_close(tree);
        return STATUS_SYSTEM;
    }
    struct programme_draft draft = {.pool = &owned->pool, .book = &owned->book};
    read_programme(&draft, tree_root(tree));
    bool good = tree_finish(tree);
    tree_close(tree);
    if (good && !draft.out_of_memory) {
        *out = &owned->book;
        return STATUS_OK;
    }
    programme_free(&owned->book);
    return draft.out_of_memory ? STATUS_SYSTEM : STATUS_MALFORMED;
}

enum status
programme_load(const char *path, struct rulebook **out,
               struct problems *problems)
{
    char *data;
    size_t length;
    enum status status =
        file_take(path, FILE_BYTES_MAX, &data, &length, problems);

    if (status != STATUS_OK)
        return status;
    status = programme_read(span_of(data, length), path, out, problems);
    free(data);
    return status;
}

void
programme_free(struct rulebook *rulebook)
{
    struct owned *owned = (struct owned *)rulebook;

    if (!owned)
        return;
    pool_fini(&owned->pool);
    free(owned);
}
