// SPDX-License-Identifier: Apache-2.0
//
// imprint: what a file of figures says about itself, so that a printed page can
// be held against the store: period, rules, position, rows, checksum.
#pragma once

#include "client/grid.h"

enum { IMPRINT_FACTS_MAX = 24, IMPRINT_TEXT_MAX = 192 };

struct imprint {
    size_t count;
    struct {
        const char *name;
        char text[IMPRINT_TEXT_MAX];
    } facts[IMPRINT_FACTS_MAX];
};

// imprint_add adds a fact; the name lives for ever.  A text that is too long is
// cut.
__attribute__((format(printf, 3, 4))) void
imprint_add(struct imprint *imprint, const char *name, const char *format, ...);
void imprint_add_hash(struct imprint *imprint, const char *name,
                      const uint8_t *hash, size_t size);

// imprint_grid shows it as two columns, fact and value; lent.
struct grid imprint_grid(const struct imprint *imprint);

// imprint_json writes it as an object.
void imprint_json(const struct imprint *imprint, struct buffer *text);
