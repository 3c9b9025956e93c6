// SPDX-License-Identifier: Apache-2.0
#include "console/tokens_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/crypto/token.h"
#include "common/storage/files.h"
#include "console/keyring_file.h"

static int
exit_code(enum status status)
{
    return status == STATUS_OK            ? 0
           : status == STATUS_UNAVAILABLE ? EX_NOPERM
           : status == STATUS_SYSTEM      ? EX_OSERR
                                          : EX_CONFIG;
}

static int
load(const char *path, struct token_list **out)
{
    struct problems *problems = calloc(1, sizeof *problems);
    if (!problems)
        return EX_OSERR;
    enum status status = tokens_load(path, out, problems);
    if (status != STATUS_OK)
        problems_print(problems);
    free(problems);
    return exit_code(status);
}

int
tokens_file_read(const char *path, struct token_list **out)
{
    *out = NULL;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    return load(path, out);
}

int
tokens_draft_open(struct tokens_draft *draft, const char *path)
{
    *draft = (struct tokens_draft){.path = path, .fd = -1};
    if (snprintf(draft->part, sizeof draft->part, "%s.part", path) >=
        (int)sizeof draft->part)
        return EX_USAGE;
    draft->fd = open(draft->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                     S_IRUSR | S_IWUSR);
    if (draft->fd < 0) {
        int why = errno;
        fprintf(stderr, "%s: %s\n", draft->part,
                why == EEXIST ? "somebody else changes the tokens; if nobody "
                                "does, remove this file"
                              : strerror(why));
        return why == EEXIST ? EX_TEMPFAIL : EX_CANTCREAT;
    }
    int code = tokens_file_read(path, &draft->list);
    if (code != 0)
        return code;
    size_t count = draft->list ? draft->list->count : 0;
    struct token_list *larger = realloc(
        draft->list, sizeof *larger + (count + 1) * sizeof larger->rows[0]);
    if (!larger)
        return EX_OSERR;
    larger->count = count;
    draft->list = larger;
    return 0;
}

void
tokens_draft_close(struct tokens_draft *draft)
{
    if (draft->fd >= 0) {
        (void)close(draft->fd);
        (void)unlink(draft->part);
    }
    free(draft->list);
    *draft = (struct tokens_draft){.fd = -1};
}

// put_quoted writes a cell: commas and quotes may be in names and regions.
static void
put_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputs("\",", file);
}

static void
write_row(FILE *file, const struct token_row *row)
{
    char scope[TOKEN_SCOPE_TEXT], hash[TOKEN_HASH_TEXT + 1];
    char created[TIME_TEXT_MAX], until[TIME_TEXT_MAX];

    token_scope_text(row->reach, row->subject, scope);
    hex_write(span_of(row->hash, sizeof row->hash), hash);
    time_text(row->created, created);
    time_text(row->until, until);
    put_quoted(file, row->name);
    put_quoted(file, scope);
    fprintf(file, "%s,%s,%s,%s\n", hash, created, until,
            row->revoked ? "revoked" : "active");
}

static bool
write_all(const struct tokens_draft *draft)
{
    struct stat about;

    if (stat(draft->path, &about) == 0) // the reporter's user keeps it
        (void)!fchown(draft->fd, about.st_uid, about.st_gid);
    FILE *file = fdopen(dup(draft->fd), "w");
    if (!file)
        return false;
    fputs("name,scope,hash,created,until,status\n", file);
    for (size_t i = 0; i < draft->list->count; i++)
        write_row(file, &draft->list->rows[i]);
    bool written = !ferror(file);
    return fclose(file) == 0 && written && fsync(draft->fd) == 0;
}

int
tokens_draft_save(struct tokens_draft *draft)
{
    struct token_list *again = NULL;

    if (!write_all(draft)) {
        fprintf(stderr, "%s: %s\n", draft->part, strerror(errno));
        return EX_IOERR;
    }
    int code = load(draft->part, &again); // as the reporter will
    free(again);
    if (code != 0)
        return EX_DATAERR;
    if (files_move(draft->part, draft->path) != STATUS_OK) {
        fprintf(stderr, "%s: %s\n", draft->path, strerror(errno));
        return EX_CANTCREAT;
    }
    (void)close(draft->fd);
    draft->fd = -1;
    return 0;
}
