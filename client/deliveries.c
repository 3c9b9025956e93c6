// SPDX-License-Identifier: Apache-2.0
#include "client/deliveries.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

static const char *const names[] = {
#define X(name, text) [DELIVERY_##name] = text,
    DELIVERY_RESULT_MAP(X)
#undef X
};

const char *
delivery_result_name(enum delivery_result result)
{
    return names[result];
}

// --- Appending ---------------------------------------------------------------

static bool
write_synced(int fd, const struct buffer *text)
{
    ssize_t written = write(fd, text->data, text->used);

    if (written >= 0 && (size_t)written < text->used)
        errno = ENOSPC;
    return written == (ssize_t)text->used && fdatasync(fd) == 0;
}

// ends_whole tells whether the last line ends: one that a full disk cut short
// must not swallow the next.
static bool
ends_whole(int fd)
{
    char last = '\n';
    off_t end = lseek(fd, 0, SEEK_END);

    return end <= 0 || pread(fd, &last, 1, end - 1) != 1 || last == '\n';
}

bool
deliveries_append(const char *path, const struct delivery_line *line)
{
    struct buffer text = {0};

    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                  S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    buffer_put(&text, ends_whole(fd) ? "" : "\n");
    buffer_format(&text,
                  "{\"at\":\"%s\",\"id\":\"%s\",\"result\":\"%s\","
                  "\"http\":%ld,\"problem\":",
                  line->at, line->id, names[line->result], line->http);
    buffer_json(&text, line->problem);
    buffer_format(&text, ",\"body\":%s}\n", line->body);
    errno = ENOMEM;
    bool written = !text.failed && write_synced(fd, &text);
    int why = errno;
    buffer_fini(&text);
    (void)close(fd);
    errno = why;
    return written;
}

// --- Reading -----------------------------------------------------------------

static bool
read_result(const char *name, enum delivery_result *result)
{
    for (int i = 0; i < DELIVERY_RESULT_COUNT; i++)
        if (strcmp(name, names[i]) == 0) {
            *result = (enum delivery_result)i;
            return true;
        }
    return false;
}

// give takes a line apart, if it is one.
static void
give(const char *text, size_t length,
     void (*take)(void *context, const struct delivery_line *line),
     void *context)
{
    const char *at, *id, *result;
    json_int_t http;
    json_t *body, *problem;
    struct delivery_line line = {0};

    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    bool good = root &&
                json_unpack(root, "{s:s,s:s,s:s,s:I,s:o,s:o}", "at", &at, "id",
                            &id, "result", &result, "http", &http, "problem",
                            &problem, "body", &body) == 0 &&
                strlen(at) == DELIVERY_AT_TEXT &&
                strlen(id) == DELIVERY_ID_TEXT && json_is_object(body) &&
                read_result(result, &line.result);
    char *dumped = good ? json_dumps(body, JSON_COMPACT) : NULL;
    if (dumped) {
        memcpy(line.at, at, DELIVERY_AT_TEXT);
        memcpy(line.id, id, DELIVERY_ID_TEXT);
        line.http = (long)http;
        line.problem = json_string_value(problem); // NULL for null
        line.body = dumped;
        take(context, &line);
    }
    free(dumped);
    json_decref(root);
}

enum status
deliveries_read(const char *path, long *offset,
                void (*take)(void *context, const struct delivery_line *line),
                void *context)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    ssize_t length = 0;
    enum status status = STATUS_OK;

    if (!file)
        return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_SYSTEM;
    if (fseek(file, *offset, SEEK_SET) != 0)
        status = STATUS_SYSTEM;
    while (status == STATUS_OK && (length = getline(&text, &room, file)) > 0) {
        if (text[length - 1] != '\n')
            break; // somebody is writing it
        give(text, (size_t)length - 1, take, context);
        *offset += length;
    }
    free(text);
    (void)fclose(file);
    return status;
}
