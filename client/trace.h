// SPDX-License-Identifier: Apache-2.0
//
// trace: one dealer's way from counts to fen over a period, every step kept.
//
// The rules are those of scores.h, and so is what is stood in for: the base is
// the one named (else all bases are equal), the peers' ratio is of the same
// period, caps and budgets are not applied.  Nothing here is a closed
// statement: what a trace tells is OPEN or PROVISIONAL, and unsigned; what
// headquarters issues of it is signed (docs/REBATE.md).
#pragma once

#include "client/scores.h"
#include "common/domain/close.h"

enum {
    TRACE_PARTS_MAX = 3 * KPI_COUNTS_MAX,
    TRACE_HASH_SIZE = 32,
    TRACE_STORE_SIZE = 16
};

// Where the figures come from; book_source fills it in.
struct trace_source {
    uint8_t store[TRACE_STORE_SIZE];
    uint32_t incarnation, fold_version;
    uint64_t journal_position; // of the head
    uint8_t head[TRACE_HASH_SIZE];
    uint8_t programme_hash[TRACE_HASH_SIZE], dealers_hash[TRACE_HASH_SIZE];
};

// A count that a KPI is formed of.
struct trace_part {
    const char *what; // "sum", "reached", "promoters", "detractors", "met",
                      // of a ratio "num", "den", "minus"
    const char *of;   // id of an item, complaint class or counter
    int64_t n, value; // value: of these n, or the sum of their answers
};

// A KPI of one window, and what becomes of it.
struct trace_figure {
    struct kpi kpi;
    size_t part_count;
    struct trace_part parts[TRACE_PARTS_MAX];
    const char *reason;  // why it does not count: "no data", "n < min_n"
    int64_t value_micro; // shrunken where the rules say so
    int64_t ppm;
};

struct trace_dimension {
    const struct scheme_dimension *rule; // lent by the rulebook
    struct kpi_rule kpi;                 // a copy
    struct trace_figure period, baseline;
    struct points points;
};

// What the counters of a window were.
struct trace_window {
    uint32_t first, last; // months
    const struct tally *tally;
    const int64_t *unanswered; // by class: not yet due, and left out
};

// An exchange of equal bases, where the rebate is one.
struct trace_exchange {
    struct money_price price;
    int64_t withheld, paid;
    uint64_t tied_before; // others with the same remainder, paid a fen earlier
};

struct trace {
    const struct rulebook *rulebook;
    const struct scheme *scheme;
    struct trace_source source;
    char dealer[DEALER_ID_MAX + 1];
    const char *name; // lent; "": not listed
    uint64_t position;
    struct close close; // of the period, by the calendar
    bool is_final;      // issued as such; else at most PROVISIONAL
    bool is_signed;     // part of a statement
    struct trace_window period, baseline;
    struct scores *scores; // of all dealers: rank and peers
    bool owns_scores;
    const struct scores_row *row;
    size_t dimension_count;
    struct trace_dimension dimensions[SCHEME_DIMENSIONS_MAX];
    struct gate_input gates; // what the gates were asked of
    bool base_given;
    int64_t base; // fen
    struct scheme_outcome outcome;
    struct trace_exchange exchange;
    struct figures_dealer before; // owned
};

// trace_base_read takes a base as a person writes it, digits of fen; false: it
// is not 0 to MONEY_MAX.
bool trace_base_read(const char *text, int64_t *base);

// trace_open follows a dealer through months first..last.  base is in fen, 0 to
// MONEY_MAX, SCORES_BASE when it is negative.  STATUS_NOT_FOUND: there is no
// such dealer; STATUS_MALFORMED: the rulebook has no rebate; STATUS_FULL: the
// base is out of range or a product leaves 128 bits; STATUS_SYSTEM: no memory.
// The material must outlive it.
MUST_USE enum status trace_open(struct trace **out,
                                const struct material *material,
                                const struct trace_source *source,
                                uint32_t first, uint32_t last,
                                const char *dealer, int64_t base);
// trace_open_among does so when the scores of the period are there already: of
// the same material, lent until trace_close.
MUST_USE enum status trace_open_among(struct trace **out,
                                      const struct material *material,
                                      const struct trace_source *source,
                                      struct scores *scores, const char *dealer,
                                      int64_t base);
void trace_close(struct trace *trace); // NULL is fine

// trace_amount is what the dealer gets, in fen; of an exchange what it gets
// beyond what was withheld, which may be below 0.
int64_t trace_amount(const struct trace *trace);

// trace_state tells how what it shows stands.
enum close_state trace_state(const struct trace *trace);

// trace_parts writes what a KPI is formed of and returns how many parts there
// are; what each one is of is lent from the rulebook.
size_t trace_parts(const struct rulebook *rulebook, const struct kpi_rule *rule,
                   const struct tally *tally,
                   struct trace_part parts[TRACE_PARTS_MAX]);

// trace_class_name returns "hard" and the like.
const char *trace_class_name(uint32_t class);
