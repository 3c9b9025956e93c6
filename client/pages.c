// SPDX-License-Identifier: Apache-2.0
#include "client/pages.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_HEAD = 32, FRAME_HEAD = 24, FRAME_SIZE = FRAME_HEAD + PAGE_SIZE };

static const uint32_t LOG_MAGIC = 0x377f0682; // the last bit: big endian sums

static uint32_t
get_big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static uint32_t
get_little(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 |
           (uint32_t)at[1] << 8 | at[0];
}

// A log's running checksum.
struct sum {
    bool is_big;
    uint32_t a, b;
};

static void
sum_add(struct sum *sum, const uint8_t *bytes, size_t length)
{
    uint32_t (*get)(const uint8_t *) = sum->is_big ? get_big : get_little;

    for (size_t i = 0; i < length; i += 8) {
        sum->a += get(bytes + i) + sum->b;
        sum->b += get(bytes + i + 4) + sum->a;
    }
}

static bool
sum_is(const struct sum *sum, const uint8_t *at)
{
    return get_big(at) == sum->a && get_big(at + 4) == sum->b;
}

static off_t
size_of(int file)
{
    struct stat told;
    return fstat(file, &told) == 0 ? told.st_size : 0;
}

static bool
read_all(int file, void *bytes, size_t length, off_t at)
{
    return pread(file, bytes, length, at) == (ssize_t)length;
}

// note_frame keeps which frame has a page, growing the table for it.
static bool
note_frame(struct pages *pages, uint32_t page, uint32_t frame)
{
    if (page > pages->count) {
        uint32_t *grown =
            realloc(pages->frames, ((size_t)page + 1) * sizeof *pages->frames);
        if (!grown)
            return false;
        memset(grown + pages->count + 1, 0,
               (size_t)(page - pages->count) * sizeof *grown);
        pages->frames = grown;
        pages->count = page;
    }
    pages->frames[page] = frame;
    return true;
}

// Frames up to the last one that ends a transaction count, as for SQLite.
struct chain {
    struct sum sum;
    uint8_t head[LOG_HEAD];
    uint32_t frames, committed; // frames in order, of them in transactions
};

static bool
frame_is_next(struct chain *chain, const uint8_t *frame)
{
    if (memcmp(frame + 8, chain->head + 16, 8) != 0) // salts
        return false;
    sum_add(&chain->sum, frame, 8);
    sum_add(&chain->sum, frame + FRAME_HEAD, PAGE_SIZE);
    return sum_is(&chain->sum, frame + 16);
}

// follow finds how many frames are in order, and whether transactions were
// finished behind them.
static void
follow(struct pages *pages, struct chain *chain)
{
    uint8_t frame[FRAME_SIZE];
    bool broken = false;
    off_t at = LOG_HEAD;

    for (; read_all(pages->log, frame, sizeof frame, at); at += FRAME_SIZE) {
        bool ends = get_big(frame + 4) != 0;
        if (broken) {
            if (ends && memcmp(frame + 8, chain->head + 16, 8) == 0)
                pages->is_log_damaged = true;
        } else if (!frame_is_next(chain, frame)) {
            broken = true;
            if (ends && memcmp(frame + 8, chain->head + 16, 8) == 0)
                pages->is_log_damaged = true;
        } else {
            chain->frames += 1;
            if (ends)
                chain->committed = chain->frames;
        }
    }
}

static enum status
read_log(struct pages *pages)
{
    struct chain chain = {0};
    uint8_t number[4];

    if (size_of(pages->log) == 0)
        return STATUS_OK;
    if (!read_all(pages->log, chain.head, LOG_HEAD, 0) ||
        (get_big(chain.head) & ~1U) != LOG_MAGIC) {
        pages->is_log_damaged = true;
        return STATUS_OK;
    }
    chain.sum.is_big = get_big(chain.head) & 1;
    sum_add(&chain.sum, chain.head, 24);
    if (!sum_is(&chain.sum, chain.head + 24)) {
        pages->is_log_damaged = true;
        return STATUS_OK;
    }
    follow(pages, &chain);
    // A file only grows by pages that are in the log.
    uint32_t most = pages->count + chain.committed;
    for (uint32_t i = 0; i < chain.committed; i++) {
        off_t at = LOG_HEAD + (off_t)i * FRAME_SIZE;
        if (!read_all(pages->log, number, sizeof number, at))
            return STATUS_SYSTEM;
        if (get_big(number) > most) {
            pages->is_log_damaged = true;
            return STATUS_OK;
        }
        if (!note_frame(pages, get_big(number), i + 1))
            return STATUS_SYSTEM;
    }
    return STATUS_OK;
}

enum status
pages_open(struct pages *pages, const char *path)
{
    char log[PATH_MAX];

    *pages = (struct pages){.log = -1};
    pages->file = open(path, O_RDONLY | O_CLOEXEC);
    if (pages->file < 0)
        return STATUS_NOT_FOUND;
    pages->count = (uint32_t)(size_of(pages->file) / PAGE_SIZE);
    pages->frames = calloc((size_t)pages->count + 1, sizeof *pages->frames);
    if (!pages->frames) {
        pages_close(pages);
        return STATUS_SYSTEM;
    }
    snprintf(log, sizeof log, "%s-wal", path);
    pages->log = open(log, O_RDONLY | O_CLOEXEC);
    enum status status = pages->log < 0 ? STATUS_OK : read_log(pages);
    if (status != STATUS_OK)
        pages_close(pages);
    return status;
}

void
pages_close(struct pages *pages)
{
    if (pages->file >= 0)
        close(pages->file);
    if (pages->log >= 0)
        close(pages->log);
    free(pages->frames);
    *pages = (struct pages){.file = -1, .log = -1};
}

bool
pages_read(const struct pages *pages, uint32_t number, uint8_t page[PAGE_SIZE])
{
    if (number == 0 || number > pages->count)
        return false;
    uint32_t frame = pages->frames[number];
    if (frame > 0)
        return read_all(pages->log, page, PAGE_SIZE,
                        LOG_HEAD + (off_t)(frame - 1) * FRAME_SIZE +
                            FRAME_HEAD);
    return read_all(pages->file, page, PAGE_SIZE,
                    (off_t)(number - 1) * PAGE_SIZE);
}
