// SPDX-License-Identifier: Apache-2.0
#include "console/export.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "client/export.h"
#include "console/reading.h"
#include "console/scratch.h"

enum { PART_MAX = 4096 };

struct options {
    struct reading_options reading;
    const char *words[2]; // what, and of whom
    int word_count;
    const char *path; // NULL: standard output
    enum export_kind kind;
    enum export_format format;
};

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "2026-10, 2026-Q4, 2026, R4Q:2026-Q4, YTD:2026-10 or "
     "2026-01..2026-03; by default the newest month with a value",
     0},
    {"by", 'b', "KPI", 0,
     "The KPI of a ranking, and that others are sorted and drawn by; csi by "
     "default",
     0},
    {"scope", 's', "SCOPE", 0, "nation (default), region:X, brand:X or size:X",
     0},
    {"format", 'f', "FORMAT", 0, "csv (default), json or xlsx", 0},
    {"out", 'o', "FILE", 0,
     "Write to this file; it is there whole or not at all", 0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {"programme", 'r', "FILE", 0,
     "Form the KPIs of this programme.yaml instead of the published one", 1},
    {0},
};

// settle checks what the words and options say together.
static void
settle(struct options *options, struct argp_state *state)
{
    const char *what = options->words[0], *who = options->words[1];

    if (!what)
        argp_error(state, "what?  Name ranking, kpis, dealer or statements");
    if (!export_kind_of(what, &options->kind))
        argp_error(state,
                   "there are ranking, kpis, dealer and statements to export, "
                   "not \"%s\"",
                   what);
    if (options->kind == EXPORT_DEALER && !who)
        argp_error(state, "which dealer?  Name its id");
    if (options->kind != EXPORT_DEALER && who)
        argp_error(state, "unexpected argument \"%s\"", who);
    if (options->format == EXPORT_XLSX && !options->path)
        argp_error(state, "a workbook needs a file: --out FILE.xlsx");
}

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'f':
        if (!export_format_of(argument, &options->format))
            argp_error(state, "the format is csv, json or xlsx, not \"%s\"",
                       argument);
        return 0;
    case 'o':
        options->path = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (options->word_count == 2)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->words[options->word_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        settle(options, state);
        return 0;
    default:
        return reading_option(&options->reading, key, argument);
    }
}

static bool
tell(void *context, size_t done, size_t of)
{
    (void)context;
    fprintf(stderr, "\rwriting: row %zu of %zu\033[K", done, of);
    return true;
}

static int
write_to(const struct export *export, const struct options *options, int fd)
{
    const struct export_watch watch = {.step = tell};
    bool told = progress_wanted() && options->path;

    enum status status =
        export_write(export, options->format, fd, told ? &watch : NULL);
    if (told)
        fputs("\r\033[K", stderr);
    if (status == STATUS_OK)
        return 0;
    fprintf(stderr, "dealerpulse export: cannot write %s: %s\n",
            options->path ? options->path : "to standard output",
            errno ? strerror(errno) : status_text(status));
    return EX_IOERR;
}

// save writes beside the file and puts the result in its place.
static int
save(const struct export *export, const struct options *options)
{
    char part[PART_MAX];

    int written = snprintf(part, sizeof part, "%s.XXXXXX", options->path);
    int fd = written < PART_MAX ? mkostemp(part, O_CLOEXEC) : -1;
    if (fd < 0) {
        fprintf(stderr, "dealerpulse export: cannot make %s: %s\n",
                options->path,
                written < PART_MAX ? strerror(errno) : "the name is too long");
        return EX_CANTCREAT;
    }
    mode_t mask = umask(0);
    umask(mask);
    int code = write_to(export, options, fd);
    if (code == 0 && (fchmod(fd, 0666 & ~mask) != 0 || fsync(fd) != 0 ||
                      rename(part, options->path) != 0)) {
        fprintf(stderr, "dealerpulse export: cannot write %s: %s\n",
                options->path, strerror(errno));
        code = EX_IOERR;
    }
    close(fd);
    if (code != 0)
        unlink(part);
    return code;
}

static int
complain(const struct reading *reading, const struct options *options,
         enum status status)
{
    if (status == STATUS_NOT_FOUND)
        return reading_no_dealer(reading, options->words[1]);
    if (status != STATUS_MALFORMED)
        return reading_complain(reading, status, "");
    fprintf(stderr, "dealerpulse export: the programme has no rebate\n");
    return EX_CONFIG;
}

static int
work(const struct reading *reading, const struct options *options)
{
    const struct material material = reading_material(reading);
    const struct trace_source source =
        book_source(reading->book, &reading->facts);
    struct export *export;

    enum status status =
        export_open(&export, options->kind, &material, &reading->selection,
                    &source, options->words[1]);
    if (status != STATUS_OK)
        return complain(reading, options, status);
    int code = options->path ? save(export, options)
                             : write_to(export, options, STDOUT_FILENO);
    export_close(export);
    return code;
}

int
export_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "ranking|kpis|statements\ndealer ID",
        .doc = "Writes figures for another program: a ranking, every KPI of "
               "every dealer, where every dealer stands in the rebate, or one "
               "dealer's KPIs and months."};
    struct options options = {.reading.command = "export"};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options.reading);
    if (code == 0)
        code = reading_select(&reading, options.kind == EXPORT_DEALER ||
                                            options.kind == EXPORT_STATEMENTS);
    if (code == 0)
        code = work(&reading, &options);
    reading_close(&reading);
    return code;
}
