// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/runtime/clock.h"
#include "console/keys_parts.h"

static const char *
state_text(const struct keyring_entry *entry, int64_t now_ms)
{
    switch (key_state(entry, now_ms)) {
    case KEY_ACTIVE:
        return "active";
    case KEY_NOT_YET:
        return "not-yet";
    case KEY_EXPIRED:
        return "expired";
    case KEY_REVOKED:
        return "revoked";
    }
    return "?";
}

static void
print_row(const struct keyring_entry *entry, int width, int64_t now_ms)
{
    char key[Z85_KEY_TEXT + 1], from[TIME_TEXT_MAX], until[TIME_TEXT_MAX];

    z85_key_write(entry->key, key);
    time_text(entry->from, from);
    time_text(entry->until, until);
    printf("%-*s  %-9s  %-8s  %-5s  %-20s  %-20s  %s ", width, entry->name,
           role_name(entry->role), state_text(entry, now_ms),
           entry->signs ? "yes" : "no", from[0] ? from : "always",
           until[0] ? until : "always", key);
    for (uint32_t i = 0; i < entry->dealer_count; i++)
        printf(" %s", entry->dealers[i]);
    putchar('\n');
}

int
keys_list(const struct keys_options *options)
{
    static struct problems problems;
    struct keyring *keyring;
    int width = 4;

    if (keyring_load(options->path, &keyring, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    for (size_t i = 0; i < keyring->count; i++)
        if ((int)strlen(keyring->entries[i].name) > width)
            width = (int)strlen(keyring->entries[i].name);
    printf("%-*s  %-9s  %-8s  %-5s  %-20s  %-20s  %-40s  %s\n", width, "name",
           "role", "state", "signs", "from", "until", "key", "dealers");
    for (size_t i = 0; i < keyring->count; i++)
        print_row(&keyring->entries[i], width, clock_wall_ms());
    keyring_free(keyring);
    return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

// --- revoke and rotate -------------------------------------------------------

static bool
is_meant(const struct keys_options *options, const struct keyring_entry *entry,
         const uint8_t *key)
{
    if (options->name && strcmp(options->name, entry->name) != 0)
        return false;
    return !key || memcmp(key, entry->key, Z85_KEY_BYTES) == 0;
}

int
keys_revoke(const struct keys_options *options)
{
    struct keyring_draft draft;
    uint8_t key[Z85_KEY_BYTES];
    size_t revoked = 0;

    if (options->key && !z85_key_read(span_text(options->key), key))
        return keys_usage("--key is a public key of 40 Z85 characters");
    if (!options->name && !options->key)
        return keys_usage("revoke needs a name, or --key");
    int code = keyring_draft_open(&draft, options->path);
    for (size_t i = 0; code == 0 && i < draft.count; i++) {
        struct keyring_entry *entry = &draft.entries[i];
        if (entry->revoked ||
            !is_meant(options, entry, options->key ? key : NULL))
            continue;
        entry->revoked = true;
        revoked++;
    }
    if (code == 0 && revoked == 0)
        code =
            keys_usage("no such key that is not revoked already; `dealerpulse "
                       "keys list` shows them");
    if (code == 0)
        code = keyring_draft_save(&draft);
    if (code == 0)
        printf("revoked  %zu   (in force within a second on every host that "
               "has this file: %s)\n",
               revoked, options->path);
    keyring_draft_close(&draft);
    return code;
}

// end_old lets the good keys of a name end; the newest entry of it is the model
// for the next.  NULL: there is none.
static const struct keyring_entry *
end_old(struct keyring_draft *draft, const char *name, int64_t now_ms,
        int64_t overlap_ms)
{
    const struct keyring_entry *model = NULL;

    for (size_t i = 0; i < draft->count; i++) {
        struct keyring_entry *entry = &draft->entries[i];
        if (strcmp(entry->name, name) != 0 ||
            key_state(entry, now_ms) != KEY_ACTIVE)
            continue;
        if (entry->until > now_ms + overlap_ms)
            entry->until = now_ms + overlap_ms;
        model = entry;
    }
    return model;
}

int
keys_rotate(const struct keys_options *options)
{
    struct keyring_draft draft;
    struct fresh fresh = {0};
    char file[64], until[TIME_TEXT_MAX];
    int64_t now_ms = clock_wall_ms() / 1000 * 1000;

    if (!options->name)
        return keys_usage("rotate needs a name");
    int code = keyring_draft_open(&draft, options->path);
    const struct keyring_entry *model =
        code == 0 ? end_old(&draft, options->name, now_ms, options->overlap_ms)
                  : NULL;
    if (code == 0 && !model)
        code =
            keys_usage("that name has no good key to rotate; `dealerpulse keys "
                       "new` makes one");
    if (code == 0) {
        (void)snprintf(file, sizeof file, "%s-%lld", model->name,
                       (long long)(now_ms / 1000));
        code = fresh_make(&fresh, options->out, file, model->signs);
    }
    if (code == 0) {
        struct keyring_entry next = *model;
        next.from = INT64_MIN;
        next.until = INT64_MAX;
        memcpy(next.key, fresh.pair->public_key, sizeof next.key);
        if (fresh.sign)
            memcpy(next.sign, fresh.sign->public_key, sizeof next.sign);
        draft.entries[draft.count++] = next;
        code = keyring_draft_save(&draft);
        if (code != 0)
            fresh_drop(&fresh);
    }
    if (code == 0) {
        time_text(now_ms + options->overlap_ms, until);
        fresh_print(&fresh);
        printf("next     carry the new secret to %s, let `key` name it, start "
               "it again; the old key ends %s\n",
               options->name, until);
    }
    keyring_draft_close(&draft);
    fresh_close(&fresh);
    return code;
}
