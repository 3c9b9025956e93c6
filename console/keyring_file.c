// SPDX-License-Identifier: Apache-2.0
#include "console/keyring_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/domain/period.h"

void
time_text(int64_t at_ms, char text[TIME_TEXT_MAX])
{
    text[0] = '\0';
    if (at_ms == INT64_MIN || at_ms == INT64_MAX)
        return;
    int64_t day = at_ms / DAY_MS - (at_ms % DAY_MS < 0);
    int64_t ms = at_ms - day * DAY_MS;
    struct civil date = civil_from_days(day);
    int used = snprintf(text, TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d",
                        (int)date.year, (int)date.month, (int)date.day,
                        (int)(ms / 3600000), (int)(ms / 60000 % 60),
                        (int)(ms / 1000 % 60));
    if (ms % 1000 != 0)
        used += snprintf(text + used, (size_t)(TIME_TEXT_MAX - used), ".%03d",
                         (int)(ms % 1000));
    (void)snprintf(text + used, (size_t)(TIME_TEXT_MAX - used), "Z");
}

// --- Opening -----------------------------------------------------------------

static int
read_old(struct keyring_draft *draft)
{
    struct problems *problems = calloc(1, sizeof *problems);
    int code = 0;

    if (!problems)
        return EX_OSERR;
    if (access(draft->path, F_OK) == 0 || errno != ENOENT) {
        enum status status =
            keyring_load(draft->path, &draft->keyring, problems);
        if (status != STATUS_OK) {
            problems_print(problems);
            code = EX_CONFIG;
        }
    }
    free(problems);
    return code;
}

int
keyring_draft_open(struct keyring_draft *draft, const char *path)
{
    *draft = (struct keyring_draft){.path = path, .fd = -1};
    if (snprintf(draft->part, sizeof draft->part, "%s.part", path) >=
        (int)sizeof draft->part)
        return EX_USAGE;
    int fd = open(draft->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST) {
        fprintf(stderr,
                "%s: somebody else changes the keyring; if nobody does, remove "
                "this file\n",
                draft->part);
        return EX_TEMPFAIL;
    }
    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", draft->part, strerror(errno));
        return EX_CANTCREAT;
    }
    draft->fd = fd;
    int code = read_old(draft);
    if (code != 0)
        return code;
    draft->count = draft->keyring ? draft->keyring->count : 0;
    draft->entries = calloc(draft->count + 1, sizeof *draft->entries);
    if (!draft->entries)
        return EX_OSERR;
    if (draft->count > 0)
        memcpy(draft->entries, draft->keyring->entries,
               draft->count * sizeof *draft->entries);
    return 0;
}

void
keyring_draft_close(struct keyring_draft *draft)
{
    if (draft->fd >= 0) {
        (void)close(draft->fd);
        (void)unlink(draft->part);
    }
    keyring_free(draft->keyring);
    free(draft->entries);
    draft->fd = -1;
}

// --- Saving ------------------------------------------------------------------

// put_quoted writes part of a quoted cell: commas and quotes are printable, so
// names may have them.
static void
put_quoted(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
}

static void
write_entry(FILE *file, const struct keyring_entry *entry)
{
    char key[Z85_KEY_TEXT + 1], sign[Z85_KEY_TEXT + 1] = "";
    char from[TIME_TEXT_MAX], until[TIME_TEXT_MAX];

    z85_key_write(entry->key, key);
    if (entry->signs)
        z85_key_write(entry->sign, sign);
    time_text(entry->from, from);
    time_text(entry->until, until);
    fprintf(file, "%s,%s,\"", key, role_name(entry->role));
    put_quoted(file, entry->name);
    fputs("\",\"", file);
    for (uint32_t i = 0; i < entry->dealer_count; i++) {
        if (i > 0)
            fputc(' ', file);
        put_quoted(file, entry->dealers[i]);
    }
    fprintf(file, "\",%s,%s,%s,%s\n", from, until,
            entry->revoked ? "revoked" : "active", sign);
}

static bool
write_all(struct keyring_draft *draft)
{
    FILE *file = fdopen(dup(draft->fd), "w");
    if (!file)
        return false;
    fputs("key,role,name,dealers,from,until,status,sign\n", file);
    for (size_t i = 0; i < draft->count; i++)
        write_entry(file, &draft->entries[i]);
    bool written = !ferror(file);
    return fclose(file) == 0 && written && fsync(draft->fd) == 0;
}

// keep_owner gives the new file the old one's owner and mode.
static void
keep_owner(const struct keyring_draft *draft)
{
    struct stat about;

    if (stat(draft->path, &about) != 0)
        return;
    (void)!fchown(draft->fd, about.st_uid, about.st_gid);
    (void)fchmod(draft->fd, about.st_mode & 0777);
}

static void
sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 0;

    (void)snprintf(folder, sizeof folder, "%.*s.", length, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

// is_good reads back what was written, as the programs will.
static bool
is_good(const struct keyring_draft *draft)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct keyring *keyring = NULL;

    if (!problems)
        return false;
    bool good = keyring_load(draft->part, &keyring, problems) == STATUS_OK;
    if (!good)
        problems_print(problems);
    keyring_free(keyring);
    free(problems);
    return good;
}

int
keyring_draft_save(struct keyring_draft *draft)
{
    keep_owner(draft);
    if (!write_all(draft)) {
        fprintf(stderr, "%s: %s\n", draft->part, strerror(errno));
        return EX_IOERR;
    }
    if (!is_good(draft))
        return EX_DATAERR;
    if (rename(draft->part, draft->path) != 0) {
        fprintf(stderr, "%s: %s\n", draft->path, strerror(errno));
        return EX_CANTCREAT;
    }
    (void)close(draft->fd);
    draft->fd = -1;
    sync_folder(draft->path);
    return 0;
}
