// SPDX-License-Identifier: Apache-2.0
#include "reporter/door.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/crypto/token.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "reporter/audit.h"
#include "reporter/damper.h"

enum { LOOK_MS = 200, PREFIX_BYTES = 4 };

static_assert((int)TOKEN_DIGEST_BYTES == (int)TOKEN_HASH_BYTES,
              "the file holds whole hashes");

// What tells one version of the file from another.
struct version {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, written;
};

// A token, and from where it was last seen good.
struct place {
    const struct token_row *row;
    uint64_t address;
    bool was_good;
};

struct door {
    const char *tokens, *audit; // lent
    struct version seen;
    int64_t looked_ms;
    struct token_list *list;
    struct place *places; // ascending hash
    struct damper damper;
};

static void
version_of(const char *path, struct version *version)
{
    struct stat about;

    memset(version, 0, sizeof *version);
    if (stat(path, &about) != 0)
        return;
    version->device = about.st_dev;
    version->inode = about.st_ino;
    version->size = about.st_size;
    version->changed = about.st_ctim;
    version->written = about.st_mtim;
}

static int
by_hash(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return memcmp(left->row->hash, right->row->hash, TOKEN_HASH_BYTES);
}

static void
tell(const char *path, const struct problems *problems)
{
    char text[LOG_VALUE_MAX], key[LOG_VALUE_MAX];

    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++) {
        const struct problem *problem = &problems->list[i];
        log_error("tokens-refused", "file=%s line=%u column=%s reason=%s", path,
                  problem->line, log_value(key, span_text(problem->key)),
                  log_value(text, span_text(problem->text)));
    }
}

// find looks a hash up.  Its first bytes are found as fast as it goes: they
// tell nothing about a token.  The rest is compared in constant time.
static struct place *
find(const struct door *door, const uint8_t hash[TOKEN_HASH_BYTES])
{
    size_t low = 0, high = door->list->count;
    struct place *found = NULL;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(door->places[middle].row->hash, hash, PREFIX_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < door->list->count &&
           memcmp(door->places[low].row->hash, hash, PREFIX_BYTES) == 0;
         low++)
        if (bytes_same(door->places[low].row->hash, hash, TOKEN_HASH_BYTES))
            found = &door->places[low];
    return found;
}

// remember carries over from where tokens were good.
static void
remember(const struct door *door, struct place *places, size_t count)
{
    for (size_t i = 0; door->list && i < count; i++) {
        const struct place *old = find(door, places[i].row->hash);
        if (!old)
            continue;
        places[i].address = old->address;
        places[i].was_good = old->was_good;
    }
}

// take puts a list in the place of the old one.
static enum status
take(struct door *door, struct token_list *list)
{
    struct place *places = calloc(list->count + 1, sizeof *places);
    size_t good = 0;

    if (!places) {
        free(list);
        return STATUS_SYSTEM;
    }
    for (size_t i = 0; i < list->count; i++) {
        places[i].row = &list->rows[i];
        good += token_is_good(&list->rows[i], clock_wall_ms());
    }
    qsort(places, list->count, sizeof *places, by_hash);
    remember(door, places, list->count);
    free(door->places);
    free(door->list);
    door->list = list;
    door->places = places;
    log_notice("tokens-loaded", "file=%s tokens=%zu good=%zu", door->tokens,
               list->count, good);
    return STATUS_OK;
}

static enum status
load(struct door *door)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct token_list *list;

    if (!problems)
        return STATUS_SYSTEM;
    // The version first: what changes while it is read is read again.
    version_of(door->tokens, &door->seen);
    enum status status = tokens_load(door->tokens, &list, problems);
    tell(door->tokens, problems);
    free(problems);
    return status == STATUS_OK ? take(door, list) : status;
}

// look reads the file when it is another one.  While it is missing or broken
// the old list stands.
static void
look(struct door *door, int64_t steady_ms)
{
    struct version version;

    if (steady_ms - door->looked_ms < LOOK_MS)
        return;
    door->looked_ms = steady_ms;
    version_of(door->tokens, &version);
    if (memcmp(&version, &door->seen, sizeof version) == 0)
        return;
    if (load(door) != STATUS_OK)
        log_warning("tokens-kept",
                    "file=%s note=\"the tokens as they were "
                    "before stay in force\"",
                    door->tokens);
}

enum status
door_open(struct door **out, const char *tokens, const char *audit)
{
    static const struct viewer nobody;
    struct door *door = calloc(1, sizeof *door);

    if (!door)
        return STATUS_SYSTEM;
    door->tokens = tokens;
    door->audit = audit;
    enum status status = load(door);
    if (status == STATUS_OK &&
        !audit_write(audit, &nobody, "start", "", 0, "", clock_wall_ms()))
        status = STATUS_SYSTEM;
    if (status != STATUS_OK) {
        door_close(door);
        return status;
    }
    *out = door;
    return STATUS_OK;
}

void
door_close(struct door *door)
{
    if (!door)
        return;
    free(door->places);
    free(door->list);
    free(door);
}

static void
describe(const struct place *place, struct viewer *viewer)
{
    const struct token_row *row = place->row;

    *viewer = (struct viewer){.reach = row->reach};
    memcpy(viewer->subject, row->subject, sizeof viewer->subject);
    memcpy(viewer->name, row->name, sizeof viewer->name);
    memcpy(viewer->token, row->hash, sizeof viewer->token);
}

enum knock
door_knock(struct door *door, struct span token, const struct caller *caller,
           struct viewer *viewer, int64_t *wait_ms)
{
    uint8_t hash[TOKEN_HASH_BYTES];

    look(door, caller->steady_ms);
    *viewer = (struct viewer){0};
    *wait_ms =
        damper_wait_ms(&door->damper, caller->address, caller->steady_ms);
    token_hash(token, hash);
    struct place *place = find(door, hash);
    bool good = place && token_is_good(place->row, caller->wall_ms);
    bool trusted = good && place->was_good && place->address == caller->address;
    if (*wait_ms > 0 && !trusted)
        return KNOCK_DAMPED;
    if (!good) {
        damper_failed(&door->damper, caller->address, caller->steady_ms);
        return KNOCK_UNKNOWN;
    }
    place->was_good = true;
    place->address = caller->address;
    describe(place, viewer);
    return KNOCK_KNOWN;
}

bool
door_still(struct door *door, const struct viewer *viewer, int64_t wall_ms,
           int64_t steady_ms)
{
    look(door, steady_ms);
    const struct place *place = find(door, viewer->token);
    return place && token_is_good(place->row, wall_ms);
}

int64_t
door_until(const struct door *door, const struct viewer *viewer)
{
    const struct place *place = find(door, viewer->token);
    return place ? place->row->until : 0;
}

bool
door_audit(struct door *door, const struct viewer *viewer, const char *what,
           const char *target, unsigned status, const struct caller *caller)
{
    return audit_write(door->audit, viewer, what, target, status, caller->text,
                       caller->wall_ms);
}
