// SPDX-License-Identifier: Apache-2.0
#include "common/config/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/config/programme.h"
#include "common/config/sheet.h"
#include "common/config/text.h"
#include "common/config/when.h"

enum column { NAME, SCOPE, HASH, CREATED, UNTIL, STATUS, COLUMNS };

static const char *const column_names[COLUMNS] = {"name",    "scope", "hash",
                                                  "created", "until", "status"};

struct reading {
    struct sheet sheet;
    size_t places[COLUMNS];
};

// --- Scopes ------------------------------------------------------------------

static const struct {
    const char *prefix;
    enum reach reach;
} narrow[] = {{"region:", REACH_REGION}, {"dealer:", REACH_DEALER}};

bool
token_scope_read(struct span text, struct token_row *row)
{
    row->subject[0] = '\0';
    row->reach = text_is(text, "hq") ? REACH_HQ : REACH_NOTHING;
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        uint32_t skip = (uint32_t)strlen(narrow[i].prefix);
        if (text.length <= skip ||
            memcmp(text.data, narrow[i].prefix, skip) != 0)
            continue;
        struct span subject = {text.data + skip, text.length - skip};
        bool fits = narrow[i].reach == REACH_DEALER
                        ? text_is_word(subject, TOKEN_SUBJECT_MAX)
                        : text_is_clean(subject);
        if (fits && text_copy(subject, row->subject, sizeof row->subject))
            row->reach = narrow[i].reach;
    }
    return row->reach != REACH_NOTHING;
}

void
token_scope_text(enum reach reach, const char *subject,
                 char text[TOKEN_SCOPE_TEXT])
{
    static const char *const prefixes[] = {[REACH_NOTHING] = "",
                                           [REACH_DEALER] = "dealer:",
                                           [REACH_REGION] = "region:",
                                           [REACH_HQ] = "hq"};

    (void)snprintf(text, TOKEN_SCOPE_TEXT, "%s%s", prefixes[reach], subject);
}

bool
token_is_good(const struct token_row *row, int64_t now_ms)
{
    return !row->revoked && now_ms < row->until;
}

// --- Rows --------------------------------------------------------------------

static bool
read_hash(struct span cell, uint8_t hash[TOKEN_DIGEST_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    if (cell.length != 2 * TOKEN_DIGEST_BYTES)
        return false;
    for (uint32_t i = 0; i < cell.length; i++) {
        const char *digit =
            cell.data[i] ? strchr(digits, (char)cell.data[i]) : NULL;
        if (!digit)
            return false;
        hash[i / 2] = (uint8_t)(hash[i / 2] << 4 | (digit - digits));
    }
    return true;
}

static bool
read_time(struct span cell, int64_t *at)
{
    struct civil date;

    if (!when_date(cell, &date))
        return when_read(cell, "iso", 0, at);
    *at = days_from_civil(date) * DAY_MS;
    return true;
}

static void
read_row(struct reading *reading, struct token_row *row)
{
    struct sheet *sheet = &reading->sheet;
    const size_t *at = reading->places;
    row->line = sheet->csv.line;
    struct span name = sheet->cells[at[NAME]];
    struct span status = sheet->cells[at[STATUS]];

    if (name.length == 0 || !text_is_clean(name) ||
        !text_copy(name, row->name, sizeof row->name))
        sheet_tell(sheet, at[NAME], "must be 1 to %d characters",
                   TOKEN_NAME_MAX);
    if (!token_scope_read(sheet->cells[at[SCOPE]], row))
        sheet_tell(sheet, at[SCOPE], "must be hq, region:X or dealer:Y");
    if (!read_hash(sheet->cells[at[HASH]], row->hash))
        sheet_tell(sheet, at[HASH],
                   "must be 64 hex digits, as `dealerpulse tokens new` "
                   "writes them");
    if (!read_time(sheet->cells[at[CREATED]], &row->created))
        sheet_tell(sheet, at[CREATED],
                   "must be a date or 2026-01-31T08:00:00Z");
    if (!read_time(sheet->cells[at[UNTIL]], &row->until))
        sheet_tell(sheet, at[UNTIL],
                   "must be a date or 2026-01-31T08:00:00Z: every token ends");
    row->revoked = text_is(status, "revoked");
    if (!row->revoked && !text_is(status, "active"))
        sheet_tell(sheet, at[STATUS], "must be active or revoked");
}

static int
by_hash(const void *a, const void *b)
{
    const struct token_row *const *left = a, *const *right = b;
    int order = memcmp((*left)->hash, (*right)->hash, TOKEN_DIGEST_BYTES);
    if (order != 0)
        return order;
    return (*left)->line < (*right)->line ? -1 : (*left)->line > (*right)->line;
}

// by_name puts the revoked ones of a name last.
static int
by_name(const void *a, const void *b)
{
    const struct token_row *const *left = a, *const *right = b;
    int order = strcmp((*left)->name, (*right)->name);
    if (order != 0)
        return order;
    if ((*left)->revoked != (*right)->revoked)
        return (*left)->revoked ? 1 : -1;
    return (*left)->line < (*right)->line ? -1 : (*left)->line > (*right)->line;
}

// check_alone tells what rows have in common.
static enum status
check_alone(const struct reading *reading, const struct token_list *list)
{
    const struct sheet *sheet = &reading->sheet;
    const struct token_row **rows = calloc(list->count + 1, sizeof *rows);

    if (!rows)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < list->count; i++)
        rows[i] = &list->rows[i];
    qsort(rows, list->count, sizeof *rows, by_hash);
    for (size_t i = 1; i < list->count; i++)
        if (memcmp(rows[i - 1]->hash, rows[i]->hash, TOKEN_DIGEST_BYTES) == 0)
            problem_add(sheet->problems, sheet->file, rows[i]->line, "hash",
                        "is in line %u as well", rows[i - 1]->line);
    qsort(rows, list->count, sizeof *rows, by_name);
    for (size_t i = 1; i < list->count; i++)
        if (!rows[i]->revoked && strcmp(rows[i - 1]->name, rows[i]->name) == 0)
            problem_add(sheet->problems, sheet->file, rows[i]->line, "name",
                        "%s has an active token in line %u already",
                        rows[i]->name, rows[i - 1]->line);
    free(rows);
    return STATUS_OK;
}

// More rows than there are line ends there cannot be.
static size_t
most_rows(struct span text)
{
    size_t rows = 1;

    for (uint32_t i = 0; i < text.length; i++)
        rows += text.data[i] == '\n' || text.data[i] == '\r';
    return rows < TOKENS_MAX ? rows : TOKENS_MAX;
}

static enum status
read_rows(struct reading *reading, struct token_list *list, size_t capacity)
{
    struct problems *problems = reading->sheet.problems;
    enum status status;

    while ((status = sheet_next(&reading->sheet)) != STATUS_AGAIN &&
           problems->count < PROBLEMS_MAX) {
        if (status == STATUS_MALFORMED)
            continue; // told
        if (status != STATUS_OK)
            return status;
        if (list->count == capacity) {
            sheet_tell(&reading->sheet, reading->places[NAME],
                       "there are more than %d tokens", TOKENS_MAX);
            break;
        }
        read_row(reading, &list->rows[list->count++]);
    }
    return check_alone(reading, list);
}

static enum status
read_all(struct reading *reading, struct span text, const char *file,
         struct token_list **out, struct problems *problems)
{
    size_t before = problems->count, capacity = most_rows(text);
    enum status status = sheet_open(&reading->sheet, text, file, problems);

    for (size_t i = 0; status == STATUS_OK && i < COLUMNS; i++)
        if (!sheet_find(&reading->sheet, column_names[i], &reading->places[i]))
            problem_add(problems, file, 1, column_names[i],
                        "this column is missing");
    if (status != STATUS_OK || problems->count > before)
        return status == STATUS_OK ? STATUS_MALFORMED : status;
    struct token_list *list =
        calloc(1, sizeof *list + capacity * sizeof list->rows[0]);
    if (!list)
        return STATUS_SYSTEM;
    status = read_rows(reading, list, capacity);
    if (status == STATUS_OK && problems->count > before)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        *out = list;
    else
        free(list);
    return status;
}

enum status
tokens_read(struct span text, const char *file, struct token_list **out,
            struct problems *problems)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return STATUS_SYSTEM;
    enum status status = read_all(reading, text, file, out, problems);
    sheet_close(&reading->sheet);
    free(reading);
    return status;
}

// --- The file ----------------------------------------------------------------

// Whoever may write it may let himself in.
static enum status
check_owner(const char *path, struct problems *problems)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return STATUS_OK; // file_take says why
    if ((about.st_mode & 077) != 0) {
        problem_add(problems, path, 0, "",
                    "others may read or change it; `chmod 600 %s` first", path);
        return STATUS_UNAVAILABLE;
    }
    if (about.st_uid != geteuid() && geteuid() != 0) {
        problem_add(problems, path, 0, "",
                    "belongs to another user; `chown %u %s` first",
                    (unsigned)geteuid(), path);
        return STATUS_UNAVAILABLE;
    }
    return STATUS_OK;
}

enum status
tokens_load(const char *path, struct token_list **out,
            struct problems *problems)
{
    char *data;
    size_t length;

    enum status status = check_owner(path, problems);
    if (status != STATUS_OK)
        return status;
    status = file_take(path, TOKENS_BYTES_MAX, &data, &length, problems);
    if (status != STATUS_OK)
        return status;
    status = tokens_read(span_of(data, length), path, out, problems);
    free(data);
    return status;
}
