// SPDX-License-Identifier: Apache-2.0
#include "reporter/dispatch.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/alert_lines.h"
#include "common/config/config.h"
#include "common/crypto/digest.h"
#include "common/crypto/token.h"

// Something to be sent again.
struct again {
    struct again *next;
    char id[DELIVERY_ID_TEXT + 1];
    char body[];
};

struct dispatch {
    const char *path; // lent
    long offset;      // read so far
    void *settled;    // a tree of ids (search.h)
    struct again *again;
    bool failed; // no memory
};

static int
by_id(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool
is_settled(const struct dispatch *dispatch, const char *id)
{
    return tfind(id, &dispatch->settled, by_id) != NULL;
}

static void
settle(struct dispatch *dispatch, const char *id)
{
    struct again **at = &dispatch->again;

    while (*at)
        if (strcmp((*at)->id, id) == 0) {
            struct again *done = *at;
            *at = done->next;
            free(done);
        } else {
            at = &(*at)->next;
        }
    if (is_settled(dispatch, id))
        return;
    char *copy = strdup(id);
    if (!copy || !tsearch(copy, &dispatch->settled, by_id)) {
        free(copy);
        dispatch->failed = true;
    }
}

static void
send_again(struct dispatch *dispatch, const struct delivery_line *line)
{
    size_t length = strlen(line->body) + 1;
    struct again *again = malloc(sizeof *again + length);

    if (!again) {
        dispatch->failed = true;
        return;
    }
    memcpy(again->id, line->id, sizeof again->id);
    memcpy(again->body, line->body, length);
    again->next = dispatch->again;
    dispatch->again = again;
}

static void
take(void *context, const struct delivery_line *line)
{
    struct dispatch *dispatch = context;

    switch (line->result) {
    case DELIVERY_DELIVERED:
    case DELIVERY_REFUSED:
        settle(dispatch, line->id);
        return;
    case DELIVERY_REPLAY:
        send_again(dispatch, line);
        return;
    case DELIVERY_FAILED:
    case DELIVERY_RESULT_COUNT:
        return;
    }
}

enum status
dispatch_look(struct dispatch *dispatch)
{
    enum status status =
        deliveries_read(dispatch->path, &dispatch->offset, take, dispatch);

    if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    return status == STATUS_OK && dispatch->failed ? STATUS_SYSTEM : status;
}

enum status
dispatch_open(struct dispatch **out, const char *path)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);

    if (!dispatch)
        return STATUS_SYSTEM;
    dispatch->path = path;
    enum status status = dispatch_look(dispatch);
    if (status == STATUS_OK)
        *out = dispatch;
    else
        dispatch_close(dispatch);
    return status;
}

void
dispatch_close(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    while (dispatch->again) {
        struct again *next = dispatch->again->next;
        free(dispatch->again);
        dispatch->again = next;
    }
    tdestroy(dispatch->settled, free);
    free(dispatch);
}

// --- What is next ------------------------------------------------------------

static void
make_id(const struct snapshot *snapshot, const struct alert_line *line,
        char id[DELIVERY_ID_TEXT + 1])
{
    char store[2 * sizeof snapshot->facts.store + 1];
    char event[2 * EVENT_ID_SIZE + 1], text[256];
    uint8_t hash[DELIVERY_ID_TEXT / 2];

    hex_write(span_of(snapshot->facts.store, sizeof snapshot->facts.store),
              store);
    hex_write(span_of(line->entry->alert.event.bytes, EVENT_ID_SIZE), event);
    (void)snprintf(text, sizeof text, "%s %s %s %s %" PRId64, store, event,
                   alert_what_name(line->what), alert_state_name(line->state),
                   line->due);
    digest(span_text(text), hash, sizeof hash);
    hex_write(span_of(hash, sizeof hash), id);
}

static char *
make_body(const struct snapshot *snapshot, const struct alert_line *line,
          const char *id, int64_t now_ms)
{
    struct buffer text = {0};
    size_t length;

    buffer_format(&text, "{\"id\":\"%s\",\"alert\":", id);
    alert_line_json(line, snapshot->book->directory, snapshot->book->rulebook,
                    now_ms, &text);
    buffer_put(&text, "}");
    return buffer_take(&text, &length);
}

static bool
is_to_be_told(const struct alert_line *line, int64_t since_ms)
{
    return line->due >= since_ms &&
           (line->what != ALERT_WHAT_COMPLAINT || line->state != ALERT_OPEN);
}

static size_t
next_alerts(const struct dispatch *dispatch, const struct snapshot *snapshot,
            const struct alert_lines *lines, int64_t since_ms, int64_t now_ms,
            struct parcel_out parcels[DISPATCH_BATCH], size_t count)
{
    for (size_t i = 0; i < lines->count && count < DISPATCH_BATCH; i++) {
        const struct alert_line *line = &lines->lines[i];
        struct parcel_out *parcel = &parcels[count];
        if (!is_to_be_told(line, since_ms))
            continue;
        make_id(snapshot, line, parcel->id);
        if (is_settled(dispatch, parcel->id))
            continue;
        parcel->body = make_body(snapshot, line, parcel->id, now_ms);
        if (!parcel->body)
            return count;
        count++;
    }
    return count;
}

size_t
dispatch_next(const struct dispatch *dispatch, const struct snapshot *snapshot,
              const struct alert_list *list, const struct alerts_config *config,
              int64_t now_ms, struct parcel_out parcels[DISPATCH_BATCH])
{
    const struct alert_question question = {
        .now_ms = now_ms,
        .contact_ms = (int64_t)config->contact_ms,
        .since_ms = now_ms - (int64_t)config->window_ms};
    struct alert_lines lines;
    size_t count = 0;

    for (const struct again *again = dispatch->again;
         again && count < DISPATCH_BATCH; again = again->next) {
        memcpy(parcels[count].id, again->id, sizeof again->id);
        parcels[count].body = strdup(again->body);
        count += parcels[count].body != NULL;
    }
    if (!list || alert_lines_make(&lines, list, &question) != STATUS_OK)
        return count;
    count = next_alerts(dispatch, snapshot, &lines, question.since_ms, now_ms,
                        parcels, count);
    alert_lines_fini(&lines);
    return count;
}
