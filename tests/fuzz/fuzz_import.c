// SPDX-License-Identifier: Apache-2.0
//
// A file as dealerpulse-terminal import reads it.  The first byte chooses the
// map: a digit a shipped one, anything else the text up to a line "%%%"; the
// second the form of the file, c or j.  Every row gives events a collector can
// read, or a reason; and reading it again gives the same ids.
#include <fcntl.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "common/runtime/crc32c.h"
#include "common/wire/event_code.h"
#include "terminal/mapper.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

static const char *const shipped[] = {
    "maps/cfpb.yaml", "maps/cfpb_without_row.yaml", "maps/ecsi_mobi.yaml"};

enum { SHIPPED = sizeof shipped / sizeof *shipped, ROWS_MOST = 2000 };

static struct import_map *
shipped_map(size_t number)
{
    static struct import_map *maps[SHIPPED];
    static struct problems problems;

    if (!maps[number])
        must(map_load(samples_path(shipped[number]), &maps[number],
                      &problems) == STATUS_OK,
             "a shipped map can be read");
    return maps[number];
}

// own_map cuts a map off the front of the text.
static struct import_map *
own_map(struct span *text)
{
    static const char fence[] = "\n%%%\n";
    static struct problems problems;
    struct import_map *map = NULL;
    const uint8_t *end =
        text->length ? memmem(text->data, text->length, fence, sizeof fence - 1)
                     : NULL;

    if (!end)
        return NULL;
    size_t length = (size_t)(end - text->data) + 1;
    struct span head = span_of(text->data, length);
    size_t behind = length + sizeof fence - 2;
    *text = span_of(text->data + behind, text->length - behind);
    problems = (struct problems){0};
    if (map_read(head, "m", &map, &problems) != STATUS_OK)
        return NULL;
    return map;
}

static void
write_file(const char *path, struct span text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    must(fd >= 0 && write(fd, text.length ? text.data : (const uint8_t *)"",
                          text.length) == (ssize_t)text.length,
         "the file can be written");
    close(fd);
}

static void
fault_is_told(const struct fault *fault)
{
    must(fault->code != CODE_NONE && fault->text[0], "a fault says why");
    must(memchr(fault->column, 0, sizeof fault->column) &&
             memchr(fault->text, 0, sizeof fault->text),
         "a fault's texts end");
}

// row_digest adds the events of one row to a running checksum.
static uint32_t
row_digest(const struct mapped_event *events, size_t count, uint32_t sum)
{
    for (size_t i = 0; i < count; i++) {
        struct event again;
        must(events[i].body.length > 0 &&
                 events[i].body.length <= EVENT_BODY_MAX,
             "a body is within its limit");
        must(event_read(events[i].body, &again).code == CODE_NONE,
             "a collector can read what is sent");
        must(event_id_equal(&again.id, &events[i].id) &&
                 again.type == events[i].from->type &&
                 !event_type_is_control(again.type),
             "it is the event the map names");
        sum = sum * 31 + crc32c(events[i].body.data, events[i].body.length);
    }
    return sum;
}

static uint32_t
import_digest(const char *path, const struct import_map *map)
{
    struct fault fault = {.code = CODE_NONE};
    struct rows *rows;
    struct mapper *mapper;
    struct row row;
    uint32_t sum = 0;

    if (rows_open(&rows, path, map, &fault) != STATUS_OK) {
        fault_is_told(&fault);
        return sum;
    }
    must(mapper_open(&mapper, map) == STATUS_OK, "there is memory");
    for (int i = 0; i < ROWS_MOST; i++) {
        const struct mapped_event *events;
        size_t count;
        enum status status = rows_next(rows, &row, &fault);
        if (status == STATUS_AGAIN)
            break;
        must(status == STATUS_OK || status == STATUS_MALFORMED,
             "a row is taken or refused");
        if (status == STATUS_OK &&
            mapper_row(mapper, &row, &events, &count, &fault))
            sum = row_digest(events, count, sum);
        else
            fault_is_told(&fault);
    }
    mapper_close(mapper);
    rows_close(rows);
    return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char csv[64], jsonl[64];

    if (size < 2)
        return 0;
    if (!csv[0]) {
        snprintf(csv, sizeof csv, "/dev/shm/dp-fuzz-%d.csv", (int)getpid());
        snprintf(jsonl, sizeof jsonl, "/dev/shm/dp-fuzz-%d.jsonl",
                 (int)getpid());
        must(crypto_start() == STATUS_OK, "hashes can be made");
    }
    struct span text = span_of(data + 2, size - 2);
    bool own = data[0] < '0' || data[0] >= '0' + SHIPPED;
    struct import_map *map =
        own ? own_map(&text) : shipped_map((size_t)(data[0] - '0'));
    if (!map)
        return 0;
    const char *path = data[1] == 'j' ? jsonl : csv;
    write_file(path, text);
    must(import_digest(path, map) == import_digest(path, map),
         "importing twice gives the same events");
    unlink(path);
    if (own)
        map_free(map);
    return 0;
}
