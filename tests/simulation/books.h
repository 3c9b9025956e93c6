// SPDX-License-Identifier: Apache-2.0
//
// books: what the outside world may hold the store to, kept while it runs.
//
// Every record that is on disk is read once: is it of what was submitted, to
// the byte, and nothing twice?  Every outcome a terminal hears is held against
// the records on disk at that moment.
#pragma once

#include "tests/simulation/store_disk.h"
#include "tests/simulation/terminal.h"

// books_append reads the records that have come to be on disk.
void books_append(struct world *world, const struct store_disk *disk);

// books_restore: the records after a position are gone for good; what they
// held must come back.
void books_restore(struct world *world, const struct store_disk *disk,
                   uint64_t position);

// books_told: a terminal learns what became of an event.
void books_told(struct world *world, const struct terminal *terminal,
                const struct settlement *settlement);

// books_close judges at the end: every event has its outcome and the right one.
void books_close(struct world *world);

uint64_t books_epoch(const struct world *world, uint32_t terminal);
