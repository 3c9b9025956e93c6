// SPDX-License-Identifier: Apache-2.0
#include "console/score.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/programme.h"
#include "common/domain/scheme.h"
#include "console/score_print.h"

enum {
    FILE_BYTES_MAX = 1024 * 1024 * 1024,
    OUTPUT_BYTES = 64 * 1024, // written when there is as much
};

struct options {
    const char *thresholds, *programme, *performance, *id;
    enum render_format format;
};

static const struct argp_option option_list[] = {
    {"thresholds", 't', "FILE", 0,
     "CSV: dim, floor_ppm, threshold_ppm, benchmark_ppm", 0},
    {"programme", 'r', "FILE", 0,
     "programme.yaml: dimensions, thresholds, weights and consistency of its "
     "rebate, instead of --thresholds",
     0},
    {"performance", 'p', "FILE", 0,
     "CSV: an id column, <dim>_base_ppm, <dim>_perf_ppm; empty: not available; "
     "\"-\": standard input",
     0},
    {"id", 'i', "COLUMN", 0,
     "The column with the ids (default: id, dealer, dealer_id, facility or "
     "facility_id; else the first that is no figure)",
     0},
    {"format", 'f', "FORMAT", 0, "csv (default), json or table", 0},
    {0},
};

static void
check_all_there(struct argp_state *state, const struct options *options)
{
    if (!options->thresholds == !options->programme)
        argp_error(state, "give either --thresholds FILE or --programme FILE");
    else if (!options->performance)
        argp_error(state, "--performance FILE is missing");
}

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 't':
        options->thresholds = argument;
        return 0;
    case 'r':
        options->programme = argument;
        return 0;
    case 'p':
        options->performance = argument;
        return 0;
    case 'i':
        options->id = argument;
        return 0;
    case 'f':
        if (!render_format_of(argument, &options->format))
            argp_error(state, "the format is csv, json or table, not \"%s\"",
                       argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    case ARGP_KEY_END:
        check_all_there(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// What the command has open, so that one function closes it.
struct score {
    const struct options *options;
    struct problems problems;
    struct thresholds thresholds;
    int consistency;
    char *data;
    struct performance performance;
    struct buffer text;
    size_t good, bad; // rows
};

// write_out writes what has been gathered, once there is enough of it.
static bool
write_out(struct buffer *text, size_t enough)
{
    if (text->failed)
        return false;
    if (text->used < enough)
        return true;
    bool whole = fwrite(text->data, 1, text->used, stdout) == text->used;
    text->used = 0;
    return whole;
}

// tell_problems prints the problems there are, and forgets them.
static void
tell_problems(struct score *score)
{
    problems_print(&score->problems);
    score->problems.count = 0;
}

static const char *
rules_of(const struct options *options)
{
    return options->programme ? options->programme : options->thresholds;
}

static void
warn_of_strays(struct score *score)
{
    for (size_t i = 0; performance_stray(&score->performance, &i); i++)
        sheet_tell(&score->performance.sheet, i,
                   "passed over: %s names no such dimension",
                   rules_of(score->options));
    tell_problems(score);
}

static int
score_rows(struct score *score)
{
    struct performance *performance = &score->performance;
    enum render_format format = score->options->format;

    warn_of_strays(score);
    score_print_head(&score->thresholds, format, &score->text);
    for (;;) {
        enum status status = performance_next(performance);
        if (status == STATUS_AGAIN)
            break;
        if (status == STATUS_SYSTEM)
            return EX_SOFTWARE;
        if (status != STATUS_OK) {
            tell_problems(score);
            score->bad++;
            continue;
        }
        struct points_score result = points_score(
            performance->measures, score->thresholds.count, score->consistency);
        score_print_row(performance, &result, score->good == 0, format,
                        &score->text);
        score->good++;
        if (!write_out(&score->text, OUTPUT_BYTES))
            return EX_IOERR;
    }
    score_print_end(format, &score->text);
    return write_out(&score->text, 1) && fflush(stdout) == 0 ? 0 : EX_IOERR;
}

static int
code_of(enum status status)
{
    if (status == STATUS_OK)
        return 0;
    if (status == STATUS_NOT_FOUND)
        return EX_NOINPUT;
    return status == STATUS_MALFORMED ? EX_DATAERR : EX_SOFTWARE;
}

static void
take_scheme(const struct scheme *scheme, struct score *score)
{
    struct thresholds *thresholds = &score->thresholds;

    *thresholds = (struct thresholds){.count = scheme->dimension_count};
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        const struct scheme_dimension *from = &scheme->dimensions[i];
        struct dimension *to = &thresholds->dimensions[i];

        (void)snprintf(to->name, sizeof to->name, "%s", from->kpi);
        to->scale = from->scale;
        to->weight = from->weight_ppm;
    }
    score->consistency = scheme->consistency;
}

static int
load_rules(struct score *score)
{
    const struct options *options = score->options;
    struct rulebook *book = NULL;
    int code = 0;

    score->consistency = POINTS_CONSISTENCY;
    if (!options->programme)
        return code_of(thresholds_load(options->thresholds, &score->thresholds,
                                       &score->problems));
    enum status status =
        programme_load(options->programme, &book, &score->problems);
    if (status == STATUS_MALFORMED)
        return EX_CONFIG;
    if (status != STATUS_OK)
        return code_of(status);
    if (book->scheme) {
        take_scheme(book->scheme, score);
    } else {
        problem_add(&score->problems, options->programme, 0, "rebate",
                    "the section is missing: there is nothing to score by");
        code = EX_CONFIG;
    }
    programme_free(book);
    return code;
}

static int
run(struct score *score)
{
    const struct options *options = score->options;
    const char *path = strcmp(options->performance, "-") == 0
                           ? "/dev/stdin"
                           : options->performance;
    size_t length;

    int code = load_rules(score);
    if (code != 0)
        return code;
    enum status status = file_take(path, FILE_BYTES_MAX, &score->data, &length,
                                   &score->problems);
    if (status != STATUS_OK)
        return code_of(status);
    status = performance_open(&score->performance, span_of(score->data, length),
                              path, &score->thresholds, options->id,
                              &score->problems);
    code = status == STATUS_OK ? score_rows(score) : code_of(status);
    performance_close(&score->performance);
    return code;
}

static int
score_files(const struct options *options)
{
    struct score *score = calloc(1, sizeof *score);

    if (!score)
        return EX_SOFTWARE;
    score->options = options;
    int code = run(score);
    tell_problems(score);
    if (code == EX_IOERR)
        perror("dealerpulse score: standard output");
    if (code == EX_SOFTWARE)
        fprintf(stderr, "dealerpulse score: %s\n", status_text(STATUS_SYSTEM));
    if (code == 0 && score->bad > 0) {
        fprintf(stderr,
                "dealerpulse score: %zu of %zu rows could not be scored\n",
                score->bad, score->bad + score->good);
        code = EX_DATAERR;
    }
    buffer_fini(&score->text);
    free(score->data);
    free(score);
    return code;
}

int
score_command(int argc, char **argv)
{
    static const struct argp parser = {
        option_list,
        read_option,
        NULL,
        "Score performances against thresholds: points, consistency and score "
        "of every row.  Needs no store.",
        NULL,
        NULL,
        NULL};
    struct options options = {.format = RENDER_CSV};

    if (argp_parse(&parser, argc, argv, 0, NULL, &options) != 0)
        return EX_USAGE;
    return score_files(&options);
}
