// SPDX-License-Identifier: Apache-2.0
#include "reporter/pantry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct portion {
    char *raw;
    struct viewer viewer;
    struct response response;
    uint64_t used; // when; 0: the place is empty
    bool is_asked; // by somebody, not only made ahead
};

struct pantry {
    pthread_mutex_t lock;
    uint64_t clock; // counts uses
    size_t bytes;
    struct portion portions[PANTRY_PORTIONS_MAX];
};

struct pantry *
pantry_alloc(void)
{
    struct pantry *pantry = calloc(1, sizeof *pantry);

    if (pantry && pthread_mutex_init(&pantry->lock, NULL) != 0) {
        free(pantry);
        return NULL;
    }
    return pantry;
}

static void
clear(struct pantry *pantry, struct portion *portion)
{
    pantry->bytes -= portion->response.length;
    free(portion->raw);
    response_fini(&portion->response);
    *portion = (struct portion){0};
}

void
pantry_free(struct pantry *pantry)
{
    if (!pantry)
        return;
    for (size_t i = 0; i < PANTRY_PORTIONS_MAX; i++)
        clear(pantry, &pantry->portions[i]);
    pthread_mutex_destroy(&pantry->lock);
    free(pantry);
}

static struct portion *
find(struct pantry *pantry, const char *raw, const char *etag)
{
    for (size_t i = 0; i < PANTRY_PORTIONS_MAX; i++) {
        struct portion *portion = &pantry->portions[i];
        if (portion->used > 0 && strcmp(portion->raw, raw) == 0 &&
            strcmp(portion->response.etag, etag) == 0)
            return portion;
    }
    return NULL;
}

// copy makes a response with a body of its own; false: no memory.
static bool
copy(struct response *to, const struct response *from)
{
    char *body = malloc(from->length + 1);

    if (!body)
        return false;
    memcpy(body, from->body, from->length);
    body[from->length] = 0; // as a buffer's
    *to = *from;
    to->body = body;
    return true;
}

bool
pantry_take(struct pantry *pantry, const char *raw, const char *etag,
            struct response *response)
{
    bool is_taken = false;

    if (!pantry)
        return false;
    pthread_mutex_lock(&pantry->lock);
    struct portion *portion = find(pantry, raw, etag);
    if (portion && copy(response, &portion->response)) {
        portion->used = ++pantry->clock;
        portion->is_asked = true;
        is_taken = true;
    }
    pthread_mutex_unlock(&pantry->lock);
    return is_taken;
}

// oldest finds the answer used longest ago, an empty place before any.
static struct portion *
oldest(struct pantry *pantry)
{
    struct portion *found = &pantry->portions[0];

    for (size_t i = 1; i < PANTRY_PORTIONS_MAX; i++)
        if (pantry->portions[i].used < found->used)
            found = &pantry->portions[i];
    return found;
}

// oldest_kept finds it among those that are there; NULL: none is.
static struct portion *
oldest_kept(struct pantry *pantry)
{
    struct portion *found = NULL;

    for (size_t i = 0; i < PANTRY_PORTIONS_MAX; i++) {
        struct portion *portion = &pantry->portions[i];
        if (portion->used > 0 && (!found || portion->used < found->used))
            found = portion;
    }
    return found;
}

static void
keep(struct pantry *pantry, const struct portion *fresh)
{
    struct portion *there = find(pantry, fresh->raw, fresh->response.etag);
    struct portion *drop;

    if (there)
        clear(pantry, there);
    while (pantry->bytes + fresh->response.length > PANTRY_BYTES &&
           (drop = oldest_kept(pantry)))
        clear(pantry, drop);
    struct portion *place = oldest(pantry);
    clear(pantry, place);
    *place = *fresh;
    place->used = ++pantry->clock;
    pantry->bytes += fresh->response.length;
}

void
pantry_put(struct pantry *pantry, const char *raw, const struct viewer *viewer,
           bool is_asked, const struct response *response)
{
    if (!pantry || !response->body || response->length > PANTRY_PORTION_BYTES)
        return;
    struct portion fresh = {
        .raw = strdup(raw), .viewer = *viewer, .is_asked = is_asked};
    if (!fresh.raw || !copy(&fresh.response, response)) {
        free(fresh.raw);
        return;
    }
    pthread_mutex_lock(&pantry->lock);
    keep(pantry, &fresh);
    pthread_mutex_unlock(&pantry->lock);
}

// latest copies the address asked for last before `before`; 0: no more.
static uint64_t
latest(struct pantry *pantry, uint64_t before, char **raw,
       struct viewer *viewer)
{
    const struct portion *found = NULL;
    uint64_t used = 0;

    pthread_mutex_lock(&pantry->lock);
    for (size_t i = 0; i < PANTRY_PORTIONS_MAX; i++) {
        const struct portion *portion = &pantry->portions[i];
        if (portion->is_asked && portion->used < before &&
            portion->used > used) {
            used = portion->used;
            found = portion;
        }
    }
    if (found) {
        *raw = strdup(found->raw);
        *viewer = found->viewer;
    }
    pthread_mutex_unlock(&pantry->lock);
    return found && *raw ? used : 0;
}

void
pantry_visit(struct pantry *pantry, size_t most,
             bool (*each)(void *context, const char *raw,
                          const struct viewer *viewer),
             void *context)
{
    uint64_t used = UINT64_MAX;
    struct viewer viewer;
    bool goes_on = pantry != NULL;

    for (size_t i = 0; goes_on && i < most; i++) {
        char *raw = NULL;
        used = latest(pantry, used, &raw, &viewer);
        goes_on = used > 0 && each(context, raw, &viewer);
        free(raw);
    }
}
