// SPDX-License-Identifier: Apache-2.0
#include "console/statement_issue.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client/render_trace.h"
#include "common/crypto/digest.h"
#include "console/bases.h"
#include "console/reading.h"
#include "console/statement_file.h"

struct options {
    struct reading_options reading;
    const char *key, *bases, *folder;
    bool is_final, restates;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0, "2026-10, 2026-Q4, 2026 or 2026-01..2026-03", 0},
    {"key", 'k', "FILE", 0, "Headquarters' key that signs (FILE.sign)", 0},
    {"bases", 'b', "FILE", 0, "CSV: dealer, base_fen of the period", 0},
    {"to", 't', "FOLDER", 0, "Where statements are kept, of all periods", 0},
    {"final", 'F', NULL, 0, "Issue the FINAL ones", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'k':
        options->key = argument;
        return 0;
    case 'b':
        options->bases = argument;
        return 0;
    case 't':
        options->folder = argument;
        return 0;
    case 'F':
        if (options->restates)
            argp_error(state, "--final belongs to issue");
        options->is_final = true;
        return 0;
    case ARGP_KEY_END:
        if (!options->reading.period || !options->key || !options->bases ||
            !options->folder)
            argp_error(state, "--period, --key, --bases and --to are needed");
        return 0;
    default:
        return reading_option(&options->reading, key, argument);
    }
}

// What a run has open.
struct issue {
    const struct options *options;
    struct reading reading;
    struct bases bases;
    struct key_pair *key;
    struct scores *scores;
    struct statement_head head; // of the dealer at hand
    uint64_t written, unchanged;
};

static int
complain(const struct issue *issue, int code, const char *sentence)
{
    fprintf(stderr, "dealerpulse %s: %s\n", issue->options->reading.command,
            sentence);
    return code;
}

// about adds the dealer whose statement it is about.
static int
about(const struct issue *issue, int code, const char *sentence)
{
    char text[STATEMENT_PROBLEM_MAX + DEALER_ID_MAX + 4];

    snprintf(text, sizeof text, "%s: %s", issue->head.dealer, sentence);
    return complain(issue, code, text);
}

// --- May it be issued? -------------------------------------------------------

static int
not_before(const struct issue *issue, const char *what, int64_t at)
{
    const struct rulebook *rulebook = issue->reading.book->rulebook;
    char from[PERIOD_TEXT_MAX], sentence[STATEMENT_PROBLEM_MAX];

    moment_name(&rulebook->zone, at, from);
    snprintf(sentence, sizeof sentence, "the period is not %s before %s", what,
             from);
    return complain(issue, EX_TEMPFAIL, sentence);
}

static int
check_calendar(const struct issue *issue)
{
    const struct reading *reading = &issue->reading;
    const struct rulebook *rulebook = reading->book->rulebook;

    if (!rulebook->scheme)
        return complain(issue, EX_CONFIG,
                        "the published programme has no rebate");
    if (rulebook->scheme->payout == SCHEME_EXCHANGE)
        return complain(issue, EX_CONFIG,
                        "the rebate is an exchange, which is settled for all "
                        "dealers at once; it can be traced, not issued");
    const struct close close =
        close_of(rulebook, reading->selection.last, reading->now_ms);
    if (close.state == CLOSE_OPEN)
        return not_before(issue, "PROVISIONAL", close.provisional);
    const bool needs_final =
        issue->options->is_final || issue->options->restates;
    if (needs_final && close.state != CLOSE_FINAL)
        return not_before(issue, "FINAL", close.final);
    return 0;
}

// --- One dealer
// ----------------------------------------------------------------

static void
take_trace(const struct trace *trace, struct statement_head *head)
{
    const struct points_score *score = &trace->outcome.score;
    struct buffer figures = {0};

    head->amount_fen = trace_amount(trace);
    head->has_score = score->has_value;
    head->score_micro = score->has_value ? score->score_micro : 0;
    head->journal_position = trace->source.journal_position;
    memcpy(head->head, trace->source.head, sizeof head->head);
    memcpy(head->programme_hash, trace->source.programme_hash,
           sizeof head->programme_hash);
    render_trace_figures(trace, &figures);
    digest(span_of(figures.data, figures.used), head->figures,
           sizeof head->figures);
    buffer_fini(&figures);
}

// follows tells whether a version of this kind may come after the newest one,
// and what to say when it may not.
static const char *
forbidden(const struct options *options, const struct statement_head *before)
{
    const bool is_closed =
        before->version > 0 && before->kind != STATEMENT_PROVISIONAL;

    if (options->restates && !is_closed)
        return "there is no FINAL statement to restate; issue it first";
    if (!options->restates && !options->is_final && is_closed)
        return "its statement is FINAL; what changed since is told by "
               "`statement restate`";
    return NULL;
}

// says_the_same tells whether nothing would be new in another version.
static bool
says_the_same(const struct options *options,
              const struct statement_head *before,
              const struct statement_head *now)
{
    if (before->version == 0)
        return false;
    if (options->is_final && before->kind != STATEMENT_PROVISIONAL)
        return true; // FINAL once, whatever came later
    if (options->is_final)
        return false;
    return memcmp(before->figures, now->figures, sizeof now->figures) == 0;
}

static int
write_version(struct issue *issue, struct trace *trace)
{
    struct buffer pack = {0}, text = {0};

    trace->is_signed = true;
    trace->is_final = issue->head.kind != STATEMENT_PROVISIONAL;
    render_trace_json(trace, &pack);
    statement_file_make(&issue->head, span_of(pack.data, pack.used), issue->key,
                        &text);
    enum status status =
        pack.failed || text.failed
            ? STATUS_SYSTEM
            : statement_store(issue->options->folder, &issue->head, &text);
    int why = pack.failed || text.failed ? ENOMEM : errno;
    buffer_fini(&pack);
    buffer_fini(&text);
    if (status == STATUS_OK) {
        issue->written++;
        return 0;
    }
    if (status == STATUS_BUSY)
        return about(issue, EX_TEMPFAIL,
                     "somebody else issues this period, too");
    return about(issue, EX_CANTCREAT, strerror(why));
}

// succeed fills in what a version says of the one before.
static void
succeed(const struct options *options, const struct statement_head *before,
        const uint8_t previous[TRACE_HASH_SIZE], struct statement_head *head)
{
    head->version = before->version + 1;
    head->has_previous = before->version > 0;
    if (head->has_previous)
        memcpy(head->previous, previous, sizeof head->previous);
    head->kind = options->restates   ? STATEMENT_RESTATEMENT
                 : options->is_final ? STATEMENT_FINAL
                                     : STATEMENT_PROVISIONAL;
    if (!options->restates)
        return;
    head->delta_fen = head->amount_fen - before->amount_fen;
    head->delta_score_micro = head->score_micro - before->score_micro;
}

static int
issue_trace(struct issue *issue, struct trace *trace)
{
    const struct options *options = issue->options;
    struct statement_head before = issue->head;
    char problem[STATEMENT_PROBLEM_MAX];
    uint8_t previous[TRACE_HASH_SIZE];

    if (!statement_latest(options->folder, &before, previous, problem))
        return about(issue, EX_DATAERR, problem);
    const char *not = forbidden(options, &before);
    if (not )
        return about(issue, EX_DATAERR, not );
    take_trace(trace, &issue->head);
    if (says_the_same(options, &before, &issue->head)) {
        issue->unchanged++;
        return 0;
    }
    succeed(options, &before, previous, &issue->head);
    int code = write_version(issue, trace);
    if (code == 0 && options->restates)
        printf("%s  %+" PRId64 " fen\n", issue->head.dealer,
               issue->head.delta_fen);
    return code;
}

static int
issue_dealer(struct issue *issue, const char *dealer)
{
    const struct reading *reading = &issue->reading;
    const struct material material = reading_material(reading);
    const struct trace_source source =
        book_source(reading->book, &reading->facts);
    struct trace *trace;

    issue->head = (struct statement_head){.issued_ms = reading->now_ms};
    snprintf(issue->head.dealer, sizeof issue->head.dealer, "%s", dealer);
    month_name(reading->selection.first, issue->head.first);
    month_name(reading->selection.last, issue->head.last);
    enum status status =
        trace_open_among(&trace, &material, &source, issue->scores, dealer,
                         bases_find(&issue->bases, dealer));
    if (status != STATUS_OK)
        return about(issue, EX_SOFTWARE, status_text(status));
    int code = issue_trace(issue, trace);
    trace_close(trace);
    return code;
}

// --- All of them
// -----------------------------------------------------------------

// check_bases wants a base of every dealer before anything is written.
static int
check_bases(const struct issue *issue)
{
    uint64_t missing = 0;

    for (size_t i = 0; i < issue->scores->count; i++) {
        const char *dealer = issue->scores->rows[i].dealer;
        if (bases_find(&issue->bases, dealer) < 0 && missing++ < 10)
            fprintf(stderr, "%s: %s has no base; 0 for none\n",
                    issue->options->bases, dealer);
    }
    return missing > 0 ? EX_DATAERR : 0;
}

static int
load(struct issue *issue)
{
    const struct options *options = issue->options;
    struct problems problems = {0};
    char problem[KEY_PROBLEM_MAX];

    if (bases_load(options->bases, &issue->bases, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_DATAERR;
    }
    if (crypto_start() != STATUS_OK)
        return complain(issue, EX_SOFTWARE, status_text(STATUS_SYSTEM));
    if (key_file_load(options->key, KEY_SIGN, &issue->key, problem) !=
        STATUS_OK)
        return complain(issue, EX_NOPERM, problem);
    return 0;
}

static int
issue_all(struct issue *issue)
{
    const struct material material = reading_material(&issue->reading);
    const struct selection *selection = &issue->reading.selection;
    int code = check_calendar(issue);

    if (code != 0)
        return code;
    enum status status = scores_open(&issue->scores, &material,
                                     selection->first, selection->last);
    if (status != STATUS_OK)
        return complain(issue, EX_SOFTWARE, status_text(status));
    code = check_bases(issue);
    for (size_t i = 0; i < issue->scores->count && code == 0; i++)
        code = issue_dealer(issue, issue->scores->rows[i].dealer);
    printf("%" PRIu64 " written, %" PRIu64 " said the same already\n",
           issue->written, issue->unchanged);
    return code;
}

static int
run(int argc, char **argv, struct options *options, const char *doc)
{
    const struct argp argp = {
        .options = option_list, .parser = read_option, .doc = doc};
    struct issue issue = {.options = options};

    argp_parse(&argp, argc, argv, 0, NULL, options);
    int code = load(&issue);
    if (code == 0) {
        code = reading_open(&issue.reading, &options->reading);
        if (code == 0)
            code = reading_select(&issue.reading, true);
        if (code == 0)
            code = issue_all(&issue);
        scores_close(issue.scores);
        reading_close(&issue.reading);
    }
    key_pair_free(issue.key);
    bases_fini(&issue.bases);
    return code;
}

int
statement_issue(int argc, char **argv)
{
    struct options options = {.reading.command = "statement issue"};

    return run(argc, argv, &options,
               "Signs a period's statement of every dealer: PROVISIONAL, or "
               "with --final the one that is paid.");
}

int
statement_restate(int argc, char **argv)
{
    struct options options = {.reading.command = "statement restate",
                              .restates = true};

    return run(argc, argv, &options,
               "Computes a FINAL period again and signs, for every dealer it "
               "would pay or score otherwise by now, what is different.");
}
