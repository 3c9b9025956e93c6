// SPDX-License-Identifier: Apache-2.0
//
// choices: what a reader may ask for: periods with data, KPIs, scopes.
//
// The same lists fill the reporter's menus and the sentences of the console
// when somebody asks for what does not exist.
#pragma once

#include "common/domain/close.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

struct choice {
    char id[64];
    uint32_t first, last; // months, of a period
    bool open;            // of a period: some month is OPEN
    struct close close;   // of a period
};

struct choices {
    size_t count, capacity;
    struct choice *list;
};

void choices_fini(struct choices *choices);

// choices_has tells whether an id is among them.
bool choices_has(const struct choices *choices, const char *id);

// months_end returns the month behind the newest that has begun: figures of a
// later one, such as of a deadline to come, are no period of anybody's yet.
// UINT32_MAX when none of the months has begun: a clock that is wrong hides
// nothing.
uint32_t months_end(const uint32_t *months, size_t count,
                    const struct rulebook *rulebook, int64_t now_ms);

// periods_of lists the months (those with data that have begun, in any order),
// the quarters and years that have any, the rolling four quarters and the year
// to date of the newest month; newest first, months before quarters before
// years.  The first is the default; empty without dated data.
MUST_USE enum status periods_of(struct choices *out, const uint32_t *months,
                                size_t month_count,
                                const struct rulebook *rulebook,
                                int64_t now_ms);

// scopes_of lists "nation", then every region, brand, size and dealer group
// some dealer has or had, and the rulebook's peer groups, in order of their
// bytes.
MUST_USE enum status scopes_of(struct choices *out,
                               const struct rulebook *rulebook,
                               const struct directory *directory);

// kpis_of lists the rulebook's KPIs in its order, then mean_<item>.
MUST_USE enum status kpis_of(struct choices *out,
                             const struct rulebook *rulebook);

// choices_text writes "a, b, c" into text, ending in "..." when it is cut.
void choices_text(const struct choices *choices, char *text, size_t size);
