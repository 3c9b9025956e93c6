// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "terminal/event_dump.h"
#include "terminal/settings.h"
#include "terminal/spool_parts.h"

// --- export ------------------------------------------------------------------

static bool
export_entry(void *context, const struct dealerpulse_entry *entry)
{
    bool *failed = context;

    json_t *object = entry_dump(entry);
    *failed = !object || json_dumpf(object, stdout, JSON_COMPACT) != 0 ||
              putchar('\n') == EOF;
    json_decref(object);
    return !*failed;
}

int
spool_export(struct spool_task *task)
{
    bool failed = false;

    enum dealerpulse_status status =
        dealerpulse_list(task->pulse, task->all, export_entry, &failed);
    if (status != DEALERPULSE_OK)
        return spool_trouble(task, status);
    if (failed)
        fprintf(stderr, "dealerpulse-terminal spool: cannot write\n");
    return failed ? EX_IOERR : 0;
}

// --- load --------------------------------------------------------------------

static int
digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// read_hex: false unless it is hex of at most `capacity` bytes.
static bool
read_hex(const json_t *value, uint8_t *bytes, size_t capacity, size_t *length)
{
    const char *text = json_string_value(value);

    *length = text ? strlen(text) / 2 : 0;
    if (!text || strlen(text) % 2 != 0 || *length > capacity)
        return false;
    for (size_t i = 0; i < *length; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

struct loading {
    uint64_t line, stored, bad;
};

// load_line stores one line; false when the spool would not take any more.
static bool
load_line(struct spool_task *task, struct loading *loading, const char *text,
          size_t length)
{
    uint8_t body[DEALERPULSE_BODY_MAX], salt[64];
    size_t salt_length = 0;
    struct dealerpulse_body one = {.bytes = body};
    uint64_t seq;

    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *salted = json_object_get(object, "salt");
    const json_t *comment = json_object_get(object, "comment");
    bool good =
        read_hex(json_object_get(object, "body"), body, sizeof body,
                 &one.length) &&
        (!salted || (read_hex(salted, salt, sizeof salt, &salt_length) &&
                     salt_length == DEALERPULSE_SALT_SIZE));
    enum dealerpulse_status status = DEALERPULSE_INVALID;
    if (good) {
        one.salt = salted ? salt : NULL;
        one.comment = comment ? json_string_value(comment) : NULL;
        one.comment_length = comment ? json_string_length(comment) : 0;
        status = dealerpulse_submit_many(task->pulse, &one, 1, &seq);
    }
    json_decref(object);
    loading->stored += status == DEALERPULSE_OK;
    if (status == DEALERPULSE_INVALID) {
        loading->bad += 1;
        fprintf(stderr, "%s:%" PRIu64 ": %s\n", task->argument, loading->line,
                good ? dealerpulse_error(task->pulse)
                     : "this is no line of spool export");
    }
    return status == DEALERPULSE_OK || status == DEALERPULSE_INVALID;
}

int
spool_load(struct spool_task *task)
{
    struct loading loading = {0};
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool more = true;

    FILE *file = fopen(task->argument, "r");
    if (!file) {
        fprintf(stderr, "dealerpulse-terminal spool: cannot read %s\n",
                task->argument);
        return EX_NOINPUT;
    }
    while (more && (length = getline(&line, &room, file)) > 0) {
        loading.line += 1;
        more = load_line(task, &loading, line, (size_t)length);
    }
    free(line);
    fclose(file);
    printf("%" PRIu64 " events stored or already there, %" PRIu64
           " lines refused\n",
           loading.stored, loading.bad);
    if (!more)
        return spool_trouble(task, DEALERPULSE_FULL);
    return loading.bad > 0 ? EX_DATAERR : 0;
}
