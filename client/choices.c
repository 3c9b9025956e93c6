// SPDX-License-Identifier: Apache-2.0
#include "client/choices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/figures.h"
#include "common/domain/peer.h"

void
choices_fini(struct choices *choices)
{
    free(choices->list);
    *choices = (struct choices){0};
}

bool
choices_has(const struct choices *choices, const char *id)
{
    for (size_t i = 0; i < choices->count; i++)
        if (strcmp(choices->list[i].id, id) == 0)
            return true;
    return false;
}

static enum status
add(struct choices *choices, const struct choice *choice)
{
    if (choices->count == choices->capacity) {
        size_t capacity = choices->capacity ? choices->capacity * 2 : 32;
        void *list =
            reallocarray(choices->list, capacity, sizeof(struct choice));
        if (!list)
            return STATUS_SYSTEM;
        choices->list = list;
        choices->capacity = capacity;
    }
    choices->list[choices->count++] = *choice;
    return STATUS_OK;
}

// --- Periods -----------------------------------------------------------------

static int
newest_first(const void *left, const void *right)
{
    const struct choice *a = left, *b = right;
    return a->first < b->first ? 1 : a->first > b->first ? -1 : 0;
}

uint32_t
months_end(const uint32_t *months, size_t count,
           const struct rulebook *rulebook, int64_t now_ms)
{
    uint32_t end = month_of(&rulebook->zone, now_ms) + 1;

    for (size_t i = 0; i < count; i++)
        if (months[i] != MONTH_NONE && months[i] < end)
            return end;
    return UINT32_MAX;
}

static enum status
add_months(struct choices *out, const uint32_t *months, size_t count,
           uint32_t end)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct choice choice = {.first = months[i], .last = months[i]};
        if (months[i] == MONTH_NONE || months[i] >= end)
            continue;
        month_name(months[i], choice.id);
        if (!choices_has(out, choice.id))
            status = add(out, &choice);
    }
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, newest_first);
    return status;
}

static enum status
add_period(struct choices *out, const char *id)
{
    struct choice choice = {0};

    if (strlen(id) >= sizeof choice.id || choices_has(out, id))
        return STATUS_OK;
    strcpy(choice.id, id);
    if (!period_window(id, &choice.first, &choice.last))
        return STATUS_OK; // beyond the calendar: not offered
    return add(out, &choice);
}

// add_longer adds what the months 0..months-1 are part of.
static enum status
add_longer(struct choices *out, size_t months)
{
    enum status status = STATUS_OK;
    char id[64];

    for (size_t i = 0; i < months && status == STATUS_OK; i++) {
        uint32_t month = out->list[i].first;
        snprintf(id, sizeof id, "%04u-Q%u", month / 12, month % 12 / 3 + 1);
        status = add_period(out, id);
    }
    for (size_t i = 0; i < months && status == STATUS_OK; i++) {
        snprintf(id, sizeof id, "%04u", out->list[i].first / 12);
        status = add_period(out, id);
    }
    if (months == 0 || status != STATUS_OK)
        return status;

    uint32_t newest = out->list[0].first;
    snprintf(id, sizeof id, "R4Q:%04u-Q%u", newest / 12, newest % 12 / 3 + 1);
    status = add_period(out, id);
    if (status != STATUS_OK)
        return status;
    snprintf(id, sizeof id, "YTD:%04u-%02u", newest / 12, newest % 12 + 1);
    return add_period(out, id);
}

enum status
periods_of(struct choices *out, const uint32_t *months, size_t month_count,
           const struct rulebook *rulebook, int64_t now_ms)
{
    *out = (struct choices){0};
    enum status status =
        add_months(out, months, month_count,
                   months_end(months, month_count, rulebook, now_ms));
    if (status == STATUS_OK)
        status = add_longer(out, out->count);
    for (size_t i = 0; i < out->count; i++) {
        struct choice *choice = &out->list[i];
        choice->open = month_is_open(rulebook, choice->last, now_ms);
        choice->close = close_of(rulebook, choice->last, now_ms);
    }
    if (status != STATUS_OK)
        choices_fini(out);
    return status;
}

// --- Scopes ------------------------------------------------------------------

static enum status
add_scope(struct choices *out, const char *kind, const char *tag)
{
    struct choice choice = {0};

    if (tag[0] == 0)
        return STATUS_OK;
    snprintf(choice.id, sizeof choice.id, "%s:%s", kind, tag);
    return choices_has(out, choice.id) ? STATUS_OK : add(out, &choice);
}

static int
by_id(const void *left, const void *right)
{
    return strcmp(((const struct choice *)left)->id,
                  ((const struct choice *)right)->id);
}

enum status
scopes_of(struct choices *out, const struct rulebook *rulebook,
          const struct directory *directory)
{
    struct choice nation = {.id = "nation"};

    *out = (struct choices){0};
    enum status status = add(out, &nation);
    for (size_t i = 0; i < directory->dealer_count; i++) {
        const struct dealer *dealer = &directory->dealers[i];
        for (size_t j = 0; j < dealer->row_count; j++) {
            for (size_t k = 0; k < SCOPE_KINDS && status == STATUS_OK; k++) {
                const char *tag;
                const char *kind = scope_kind(k, &dealer->rows[j], &tag);
                status = add_scope(out, kind, tag);
            }
        }
    }
    for (size_t i = 0; i < rulebook->peer_count && status == STATUS_OK; i++)
        status = add_scope(out, "peer", rulebook->peers[i].id);
    if (status != STATUS_OK)
        choices_fini(out);
    else
        qsort(out->list + 1, out->count - 1, sizeof *out->list, by_id);
    return status;
}

// --- KPIs --------------------------------------------------------------------

enum status
kpis_of(struct choices *out, const struct rulebook *rulebook)
{
    struct choice choice = {0};
    enum status status = STATUS_OK;

    *out = (struct choices){0};
    for (size_t i = 0; i < rulebook->kpi_count && status == STATUS_OK; i++) {
        strcpy(choice.id, rulebook->kpis[i].id);
        status = add(out, &choice);
    }
    for (size_t i = 0; i < rulebook->item_count && status == STATUS_OK; i++) {
        snprintf(choice.id, sizeof choice.id, "mean_%s", rulebook->items[i].id);
        if (!choices_has(out, choice.id))
            status = add(out, &choice);
    }
    if (status != STATUS_OK)
        choices_fini(out);
    return status;
}

void
choices_text(const struct choices *choices, char *text, size_t size)
{
    size_t used = 0;

    text[0] = 0;
    for (size_t i = 0; i < choices->count; i++) {
        size_t room = size - used;
        int length = snprintf(text + used, room, "%s%s", i > 0 ? ", " : "",
                              choices->list[i].id);
        if (length < 0 || (size_t)length + sizeof ", ..." > room) {
            snprintf(text + used, room, "%s...", i > 0 ? ", " : "");
            return;
        }
        used += (size_t)length;
    }
}
