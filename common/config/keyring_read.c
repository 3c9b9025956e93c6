// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/config/keyring_parts.h"
#include "common/config/programme.h"
#include "common/config/text.h"

enum { CELLS_MAX = 32, KEYS_OF_A_NAME_MAX = 64 };

static const char *const column_names[] = {
#define X(column, name) name,
    KEYRING_COLUMN_MAP(X)
#undef X
};

const char *
keyring_column_name(enum keyring_column column)
{
    return column_names[column];
}

void
keyring_report(struct keyring_reading *reading, unsigned line,
               const char *column, const char *format, ...)
{
    char text[PROBLEM_TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_add(reading->problems, reading->file, line, column, "%s", text);
    reading->bad = true;
}

void *
keyring_take(struct keyring_reading *reading, size_t count, size_t size)
{
    void *memory = pool_take(&reading->keyring->pool, count, size);
    if (!memory)
        reading->out_of_memory = true;
    return memory;
}

// --- The header --------------------------------------------------------------

static void
place_column(struct keyring_reading *reading, struct span name, size_t cell)
{
    for (size_t i = 0; i < KEYRING_COLUMN_COUNT; i++) {
        if (!text_is(name, column_names[i]))
            continue;
        if (reading->places[i] != SIZE_MAX)
            keyring_report(reading, reading->csv.line, column_names[i],
                           "is there "
                           "twice");
        reading->places[i] = cell;
        return;
    }
    keyring_report(
        reading, reading->csv.line, "",
        "column %zu, \"%.*s\", is not known here; known: key, role, name, "
        "dealers, from, until, status, sign",
        cell + 1, (int)(name.length < 40 ? name.length : 40),
        (const char *)name.data);
}

static void
read_header(struct keyring_reading *reading)
{
    struct span cells[CELLS_MAX];
    enum status status =
        csv_next(&reading->csv, cells, CELLS_MAX, &reading->column_count);

    for (size_t i = 0; i < KEYRING_COLUMN_COUNT; i++)
        reading->places[i] = SIZE_MAX;
    if (status != STATUS_OK) {
        keyring_report(reading, 1, "",
                       "the first line must name the columns: "
                       "key,role,name,dealers,from,until,status");
        return;
    }
    for (size_t i = 0; i < reading->column_count; i++)
        place_column(reading, cells[i], i);
    for (size_t i = 0; i < KEYRING_SIGN; i++)
        if (reading->places[i] == SIZE_MAX)
            keyring_report(reading, reading->csv.line, column_names[i],
                           "this column is missing");
}

// More rows than there are line ends there cannot be.
static size_t
most_rows(struct span text)
{
    size_t rows = 1;

    for (uint32_t i = 0; i < text.length; i++)
        rows += text.data[i] == '\n' || text.data[i] == '\r';
    return rows < KEYRING_ROWS_MAX ? rows : KEYRING_ROWS_MAX;
}

static void
read_rows(struct keyring_reading *reading)
{
    struct keyring *keyring = reading->keyring;
    struct span cells[CELLS_MAX];
    size_t count, capacity = most_rows(reading->csv.text);

    keyring->entries =
        keyring_take(reading, capacity, sizeof *keyring->entries);
    reading->cells = cells;
    while (!reading->out_of_memory) {
        enum status status =
            csv_next(&reading->csv, cells, reading->column_count, &count);
        if (status == STATUS_AGAIN ||
            reading->problems->count > PROBLEMS_MAX) // nobody reads more
            return;
        if (status == STATUS_SYSTEM)
            reading->out_of_memory = true;
        else if (status != STATUS_OK)
            keyring_report(reading, reading->csv.line, "", "%s",
                           reading->csv.problem);
        else if (count != reading->column_count)
            keyring_report(reading, reading->csv.line, "",
                           "the row has fewer cells than the header");
        else if (keyring->count == capacity) {
            keyring_report(reading, reading->csv.line, "", "more than %d keys",
                           KEYRING_ROWS_MAX);
            return;
        } else {
            struct keyring_entry *entry = &keyring->entries[keyring->count++];
            keyring_row(reading, entry);
            keyring->sign_count += entry->signs;
        }
    }
}

// --- The keys together -------------------------------------------------------

static int
by_key(const void *a, const void *b)
{
    const struct keyring_entry *const *left = a, *const *right = b;
    int order = memcmp((*left)->key, (*right)->key, Z85_KEY_BYTES);
    if (order != 0)
        return order;
    return (*left)->line < (*right)->line ? -1 : (*left)->line > (*right)->line;
}

static int
by_name(const void *a, const void *b)
{
    const struct keyring_entry *const *left = a, *const *right = b;
    int order = strcmp((*left)->name, (*right)->name);
    if (order != 0)
        return order;
    return (*left)->line < (*right)->line ? -1 : (*left)->line > (*right)->line;
}

static bool
is_good_at(const struct keyring_entry *entry, int64_t at)
{
    return key_state(entry, at) == KEY_ACTIVE;
}

// check_name looks at the keys of one name: one role, and at no time more than
// two good keys.  A moment with more exists only if one of them begins there.
static void
check_name(struct keyring_reading *reading,
           struct keyring_entry *const *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct keyring_entry *entry = entries[i];
        size_t good = 0;
        for (size_t j = 0; j < count && !entry->revoked; j++)
            good += is_good_at(entries[j], entry->from);
        if (good > KEYRING_AT_A_TIME)
            keyring_report(
                reading, entry->line, "name",
                "%s has more than two good keys at a time; revoke one or "
                "let it end (until)",
                entry->name);
        if (entry->role != entries[0]->role)
            keyring_report(reading, entry->line, "role", "%s is %s in line %u",
                           entry->name, role_name(entries[0]->role),
                           entries[0]->line);
    }
}

static void
check_names(struct keyring_reading *reading)
{
    const struct keyring *keyring = reading->keyring;

    for (size_t i = 0, next; i < keyring->count; i = next) {
        for (next = i + 1; next < keyring->count &&
                           strcmp(keyring->by_name[i]->name,
                                  keyring->by_name[next]->name) == 0;)
            next++;
        if (next - i > KEYS_OF_A_NAME_MAX)
            keyring_report(reading, keyring->by_name[i]->line, "name",
                           "%s has more than %d keys; take old ones out",
                           keyring->by_name[i]->name, KEYS_OF_A_NAME_MAX);
        else
            check_name(reading, keyring->by_name + i, next - i);
    }
}

static void
index_keys(struct keyring_reading *reading)
{
    struct keyring *keyring = reading->keyring;
    size_t count = keyring->count;

    keyring->by_key = keyring_take(reading, count + 1, sizeof *keyring->by_key);
    keyring->by_name =
        keyring_take(reading, count + 1, sizeof *keyring->by_name);
    if (reading->out_of_memory)
        return;
    for (size_t i = 0; i < count; i++)
        keyring->by_key[i] = keyring->by_name[i] = &keyring->entries[i];
    qsort(keyring->by_key, count, sizeof *keyring->by_key, by_key);
    qsort(keyring->by_name, count, sizeof *keyring->by_name, by_name);
    for (size_t i = 1; i < count; i++)
        if (memcmp(keyring->by_key[i - 1]->key, keyring->by_key[i]->key,
                   Z85_KEY_BYTES) == 0)
            keyring_report(reading, keyring->by_key[i]->line, "key",
                           "this key is in line %u as well",
                           keyring->by_key[i - 1]->line);
    check_names(reading);
}

enum status
keyring_read(struct span text, const char *file, struct keyring **out,
             struct problems *problems)
{
    struct pool pool = {0};
    struct keyring *keyring = pool_take(&pool, 1, sizeof *keyring);
    struct keyring_reading reading = {
        .file = file, .problems = problems, .keyring = keyring};

    if (!keyring)
        return STATUS_SYSTEM;
    keyring->pool = pool;
    csv_init(&reading.csv, text, ',');
    read_header(&reading);
    if (!reading.bad)
        read_rows(&reading);
    if (!reading.bad && !reading.out_of_memory)
        index_keys(&reading);
    csv_fini(&reading.csv);
    if (reading.bad || reading.out_of_memory) {
        keyring_free(keyring);
        return reading.bad ? STATUS_MALFORMED : STATUS_SYSTEM;
    }
    *out = keyring;
    return STATUS_OK;
}

// Whoever may write the keyring may admit himself.
static bool
is_protected(const char *path, struct problems *problems)
{
    struct stat about;

    if (stat(path, &about) != 0 || (about.st_mode & S_IWOTH) == 0)
        return true; // when it is not there file_take says so
    problem_add(problems, path, 0, "",
                "may be changed by everybody on this machine; "
                "`chmod o-w %s` first",
                path);
    return false;
}

enum status
keyring_load(const char *path, struct keyring **out, struct problems *problems)
{
    char *data;
    size_t length;

    if (!is_protected(path, problems))
        return STATUS_MALFORMED;
    enum status status =
        file_take(path, KEYRING_BYTES_MAX, &data, &length, problems);
    if (status != STATUS_OK)
        return status;
    status = keyring_read(span_of(data, length), path, out, problems);
    free(data);
    return status;
}
