// SPDX-License-Identifier: Apache-2.0
//
// pages: the pages of a damaged SQLite file, with what its write-ahead log
// says of them, read without SQLite.
//
// https://www.sqlite.org/fileformat2.html has the format.  Spools have pages of
// 4096 bytes, none of them reserved.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

enum { PAGE_SIZE = 4096 };

struct pages {
    int file, log;       // log -1: none
    uint32_t count;      // pages 1..count may be there
    uint32_t *frames;    // [page]: which frame of the log has it, from 1
    bool is_log_damaged; // what it held last may be missing
};

// pages_open: STATUS_NOT_FOUND when the file cannot be read.
MUST_USE enum status pages_open(struct pages *pages, const char *path);
void pages_close(struct pages *pages);

// pages_read: false when there is no such page, or the disk will not give it.
bool pages_read(const struct pages *pages, uint32_t number,
                uint8_t page[PAGE_SIZE]);
