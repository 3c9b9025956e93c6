// SPDX-License-Identifier: Apache-2.0
//
// reading: what every command that shows figures begins with: the settings, the
// query port, the published rules and dealers, and tallies.
//
// Every step returns 0 or the exit code to end with, the reason already on
// stderr.
#pragma once

#include <argp.h>

#include "client/book.h"
#include "client/buffer.h"
#include "client/ranking.h"
#include "client/selection.h"
#include "common/access/access.h"
#include "common/config/config.h"

// What the command line says; NULL: the default.
struct reading_options {
    const char *command; // for messages: "rank"
    const char *config, *queries, *programme;
    const char *period, *kpi, *scope;
};

// reading_option takes a key of theirs: p(eriod), KPI to rank by (b), s(cope),
// c(onfig), q(ueries), programme (r); 0, or ARGP_ERR_UNKNOWN for any other.  A
// command's table says which of them it has.
error_t reading_option(struct reading_options *options, int key,
                       char *argument);
// reading_dealer takes the one argument of commands about a dealer, likewise.
error_t reading_dealer(const char **dealer, int key, char *argument,
                       struct argp_state *state);

struct reading {
    const struct reading_options *options;
    struct config config;
    char queries[ENDPOINT_MAX];
    struct transport *transport;
    struct access *access; // this person's key, if there is one
    struct ask *ask;
    struct store_facts facts;
    struct book *book;
    struct rulebook *other;    // --programme
    struct tally_table *table; // NULL until asked for
    struct selection selection;
    int64_t now_ms;
};

// reading_open asks for the rules once the figures show all that was
// acknowledged before: what an import just sent is in them.  Close it also
// after a failure.
int reading_open(struct reading *reading,
                 const struct reading_options *options);
void reading_close(struct reading *reading);

// reading_select resolves period, KPI and scope and takes the tallies: those of
// a named period and of the months it is judged by, or all of them, which
// `all` demands.
int reading_select(struct reading *reading, bool all);

// reading_again looks whether the store has anything new since.  STATUS_AGAIN:
// nothing; STATUS_OK: yes, its rules are taken, and reading_select is next;
// else as ask, what was read before stays.
MUST_USE enum status reading_again(struct reading *reading);

// reading_rank ranks what was selected; both are the caller's to close, also
// after a failure, and NULL before.
MUST_USE enum status reading_rank(const struct reading *reading,
                                  struct figures **figures,
                                  struct ranking **ranking);

// reading_material is what there is to choose from; lent.
struct material reading_material(const struct reading *reading);

// reading_complain writes the sentence of a failure ("": the status's own).
int reading_complain(const struct reading *reading, enum status status,
                     const char *sentence);

// reading_no_dealer says that nobody knows the dealer.
int reading_no_dealer(const struct reading *reading, const char *dealer);

// reading_print writes a text to stdout and ends it.
int reading_print(const struct reading *reading, struct buffer *text);
