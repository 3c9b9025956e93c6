// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/text.h"
#include "common/config/when.h"
#include "console/keys_parts.h"

static bool
read_time(const char *text, int64_t *at)
{
    struct civil date;

    if (!text)
        return true;
    if (!when_date(span_text(text), &date))
        return when_read(span_text(text), "iso", 0, at);
    *at = days_from_civil(date) * DAY_MS;
    return true;
}

// split_dealers cuts "A B,C" into names; the file's reader judges them.
static bool
split_dealers(struct pool *pool, const char *text, struct keyring_entry *entry)
{
    size_t length = text ? strlen(text) : 0;

    entry->dealers = pool_take(pool, length + 1, sizeof *entry->dealers);
    for (size_t i = 0; entry->dealers && i < length;) {
        size_t word = strcspn(text + i, " ,");
        if (word > 0) {
            const char *name = pool_text(pool, span_of(text + i, word));
            if (!name)
                return false;
            entry->dealers[entry->dealer_count++] = name;
        }
        i += word + (text[i + word] != '\0');
    }
    return entry->dealers != NULL;
}

static const char *
describe(struct pool *pool, const struct keys_options *options,
         struct keyring_entry *entry)
{
    *entry = (struct keyring_entry){.from = INT64_MIN, .until = INT64_MAX};
    if (!options->name || strlen(options->name) > KEYRING_NAME_MAX)
        return "new needs a name of 1 to 32 characters";
    if (!options->role || !role_named(span_text(options->role), &entry->role))
        return "new needs --role dealer, hq, auditor, reporter or collector "
               "(or --server)";
    if (!read_time(options->from, &entry->from) ||
        !read_time(options->until, &entry->until))
        return "a time looks like 2026-01-31 or 2026-01-31T08:00:00Z";
    (void)text_copy(span_text(options->name), entry->name, sizeof entry->name);
    return split_dealers(pool, options->dealers, entry) ? NULL
                                                        : "out of memory";
}

static void
print_next(const struct keys_options *options,
           const struct keyring_entry *entry)
{
    printf("keyring  %s   (%s %s; in force within a second)\n", options->path,
           role_name(entry->role), entry->name);
    switch (entry->role) {
    case ROLE_COLLECTOR:
        printf("next     collector.key: its secret; terminals name the public "
               "key in terminal.collectors\n");
        return;
    case ROLE_REPORTER:
        printf("next     reporter.key: its secret; subscribers need the public "
               "key\n");
        return;
    case ROLE_NONE:
    case ROLE_DEALER:
    case ROLE_HQ:
    case ROLE_AUDITOR:
        printf("next     terminal.key (console.key for questions): its "
               "secret\n");
        return;
    }
}

static int
new_server(const struct keys_options *options)
{
    struct fresh fresh = {0};

    int code =
        fresh_make(&fresh, options->out,
                   options->name ? options->name : "server", options->sign);
    if (code == 0) {
        fresh_print(&fresh);
        printf("next     aggregator.key: its secret; aggregator_key: \"%s\" "
               "in everybody's settings\n"
               "         (of a collector's second listener: its `key`, and the "
               "public key to terminals)\n",
               fresh.text);
    }
    fresh_close(&fresh);
    return code;
}

int
keys_new(const struct keys_options *options)
{
    struct keyring_draft draft;
    struct keyring_entry entry;
    struct fresh fresh = {0};
    struct pool pool = {0};

    if (options->server)
        return new_server(options);
    const char *problem = describe(&pool, options, &entry);
    if (problem) {
        pool_fini(&pool);
        return keys_usage(problem);
    }
    int code = keyring_draft_open(&draft, options->path);
    if (code == 0)
        code = fresh_make(&fresh, options->out, entry.name, options->sign);
    if (code == 0) {
        memcpy(entry.key, fresh.pair->public_key, sizeof entry.key);
        entry.signs = fresh.sign != NULL;
        if (fresh.sign)
            memcpy(entry.sign, fresh.sign->public_key, sizeof entry.sign);
        draft.entries[draft.count++] = entry;
        code = keyring_draft_save(&draft);
        if (code != 0)
            fresh_drop(&fresh);
    }
    if (code == 0) {
        fresh_print(&fresh);
        print_next(options, &entry);
    }
    keyring_draft_close(&draft);
    fresh_close(&fresh);
    pool_fini(&pool);
    return code;
}
