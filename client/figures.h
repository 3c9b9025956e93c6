// SPDX-License-Identifier: Apache-2.0
//
// figures: the sums of every dealer over a period, ready to be read.
//
// A period is the sum of its months, published slice only.  A month is OPEN
// until its end + close_days; cases of an OPEN month that nobody answered are
// not yet due and left out (rulings A2), month by month, so that a quarter
// whose last month is OPEN still counts the unanswered cases of the first two.
// Headquarters' own row is not a dealer.
//
// A month belongs where the directory puts the dealer at its end.  Of a dealer
// that moved within the period a scope has the months it belonged there, so
// that regions add up to the nation (stint.h).
//
// Figures lend from the rulebook, directory and table it was opened on; they
// must outlive it.
#pragma once

#include "client/tally_table.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

struct spread_memo;
struct stint_joint;
struct scope_totals;

struct figures_dealer {
    const char *id;               // lent
    const struct dealer_row *row; // as of the period's end; NULL: not listed
    struct tally tally;
    int64_t unanswered[CLASS_COUNT]; // left out above, by class
    int64_t late; // events of the months that came after they had closed
    void *memory; // behind tally; NULL: no data
    // Of one whose row changed within the period: what it has under each row,
    // in order of time; NULL: it stayed where it was.
    size_t stint_count;
    struct figures_dealer *stints;
};

struct figures {
    uint32_t first, last; // months
    bool open;            // a month of it is OPEN
    uint64_t position;
    int64_t now_ms;
    const struct rulebook *rulebook;
    const struct tally_table *table;
    size_t dealer_count;
    struct figures_dealer *dealers; // ascending id
    bool lent;                      // dealers are another's
    struct spread_memo *memos;      // two, spread.c's
    struct scope_totals *totals;    // scope_totals.c's
    struct stint_joint **joints;    // stint.c's
};

// month_is_open tells whether a month's cases may still be answered.
bool month_is_open(const struct rulebook *rulebook, uint32_t month,
                   int64_t now_ms);

// figures_open sums months first..last.  Every dealer of the directory is in
// it, unless it was closed all the time and has nothing, and every dealer that
// has figures but is no longer listed.
// STATUS_FULL: a sum leaves int64; STATUS_SYSTEM: no memory.
MUST_USE enum status
figures_open(struct figures **out, const struct rulebook *rulebook,
             const struct directory *directory, const struct tally_table *table,
             uint32_t first, uint32_t last, int64_t now_ms);
void figures_close(struct figures *figures); // NULL is fine

// figures_again makes figures of the same sums to be read by another rulebook,
// where that has the same months and counts the same of them as due; else
// STATUS_NOT_FOUND: they must be summed anew.  The first ones must outlive
// them.
MUST_USE enum status figures_again(struct figures **out,
                                   const struct figures *figures,
                                   const struct rulebook *rulebook);

// figures_in_scope tells whether a dealer belongs to a scope, in any month; one
// no longer listed belongs to the nation only.
bool figures_in_scope(const struct figures *figures,
                      const struct figures_dealer *dealer, const char *scope);

// figures_of_dealer sums months first..last of one dealer; out->id is lent from
// the caller, out->row NULL, out->memory the caller's to free.
MUST_USE enum status figures_of_dealer(struct figures_dealer *out,
                                       const struct rulebook *rulebook,
                                       const struct tally_table *table,
                                       const char *dealer, uint32_t first,
                                       uint32_t last, int64_t now_ms);
