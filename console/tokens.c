// SPDX-License-Identifier: Apache-2.0
#include "console/tokens.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/config.h"
#include "common/config/when.h"
#include "common/crypto/digest.h"
#include "common/crypto/token.h"
#include "common/runtime/clock.h"
#include "console/keyring_file.h"
#include "console/tokens_file.h"

enum { SCOPE_WIDTH = 24, NAME_WIDTH = 24 };

struct options {
    const char *config, *tokens, *scope, *until, *action, *name;
    char path[PATH_MAX];
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0,
     "Settings (dealerpulse.yaml): its "
     "`reporter.tokens`",
     0},
    {"tokens", 't', "FILE", 0, "The tokens file; tokens.csv by default", 0},
    {"scope", 's', "SCOPE", 0, "new: hq, region:X or dealer:Y", 1},
    {"until", 'u', "TIME", 0,
     "new: good before: 2026-01-31, 2026-01-31T08:00:00Z or a while such as "
     "90d; 365d by default",
     1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'c':
        options->config = argument;
        return 0;
    case 't':
        options->tokens = argument;
        return 0;
    case 's':
        options->scope = argument;
        return 0;
    case 'u':
        options->until = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (options->action && options->name)
            argp_error(state, "unexpected argument \"%s\"", argument);
        *(options->action ? &options->name : &options->action) = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int
wrong(const char *sentence)
{
    fprintf(stderr, "dealerpulse tokens: %s\n", sentence);
    return EX_USAGE;
}

// find_file: --tokens, or what the settings say, or tokens.csv.
static int
find_file(struct options *options)
{
    static struct config config; // too large for the stack
    static struct problems problems;
    const char *path = options->tokens;

    if (!path && options->config) {
        if (config_load(options->config, &config, &problems) != STATUS_OK) {
            problems_print(&problems);
            return EX_CONFIG;
        }
        path = config.reporter.tokens;
        if (path[0] == '\0') {
            fprintf(stderr,
                    "%s: names no tokens file; add `tokens: tokens.csv` to "
                    "`reporter`, or say --tokens FILE\n",
                    options->config);
            config_free(&config);
            return EX_CONFIG;
        }
    }
    (void)snprintf(options->path, sizeof options->path, "%s",
                   path ? path : "tokens.csv");
    config_free(&config);
    return 0;
}

// read_until reads a time, or a while from now.
static bool
read_until(const char *text, int64_t now, int64_t *at)
{
    struct civil date;
    struct span span = span_text(text);

    if (when_duration(span, at)) {
        *at += now;
        return true;
    }
    if (!when_date(span, &date))
        return when_read(span, "iso", 0, at);
    *at = days_from_civil(date) * DAY_MS;
    return true;
}

static const char *
describe(const struct options *options, struct token_row *row)
{
    int64_t now = clock_wall_ms();

    *row = (struct token_row){.created = now - now % 1000};
    if (!options->name || options->name[0] == '\0' ||
        strlen(options->name) > TOKEN_NAME_MAX)
        return "new needs a name of 1 to 32 characters";
    if (!options->scope || !token_scope_read(span_text(options->scope), row))
        return "new needs --scope hq, region:X or dealer:Y";
    if (!read_until(options->until ? options->until : "365d", row->created,
                    &row->until))
        return "--until looks like 2026-01-31, 2026-01-31T08:00:00Z or 90d";
    if (row->until <= now)
        return "--until is over already";
    memcpy(row->name, options->name, strlen(options->name) + 1);
    return NULL;
}

static int
new_token(const struct options *options)
{
    struct tokens_draft draft;
    struct token_row row;
    char token[TOKEN_TEXT + 1], until[TIME_TEXT_MAX];

    const char *problem = describe(options, &row);
    if (problem)
        return wrong(problem);
    token_make(token);
    token_hash(span_text(token), row.hash);
    int code = tokens_draft_open(&draft, options->path);
    if (code == 0) {
        draft.list->rows[draft.list->count++] = row;
        code = tokens_draft_save(&draft);
    }
    tokens_draft_close(&draft);
    if (code == 0) {
        time_text(row.until, until);
        printf("token    %s\n"
               "         shown once and kept nowhere: hand it over by a safe "
               "way\n"
               "for      %s (%s), good before %s\n"
               "file     %s   (in force within a second)\n",
               token, row.name, options->scope, until, options->path);
    }
    bytes_wipe(token, sizeof token);
    return code;
}

static const char *
state_of(const struct token_row *row, int64_t now)
{
    return row->revoked              ? "revoked"
           : token_is_good(row, now) ? "active"
                                     : "expired";
}

static int
list_tokens(const struct options *options)
{
    struct token_list *list;
    int64_t now = clock_wall_ms();

    int code = tokens_file_read(options->path, &list);
    if (code != 0)
        return code;
    printf("%-*s %-*s %-20s %-20s %s\n", NAME_WIDTH, "NAME", SCOPE_WIDTH,
           "SCOPE", "CREATED", "UNTIL", "STATE");
    for (size_t i = 0; list && i < list->count; i++) {
        const struct token_row *row = &list->rows[i];
        char scope[TOKEN_SCOPE_TEXT];
        char created[TIME_TEXT_MAX], until[TIME_TEXT_MAX];
        token_scope_text(row->reach, row->subject, scope);
        time_text(row->created, created);
        time_text(row->until, until);
        printf("%-*s %-*s %-20s %-20s %s\n", NAME_WIDTH, row->name, SCOPE_WIDTH,
               scope, created, until, state_of(row, now));
    }
    free(list);
    return 0;
}

static int
revoke_token(const struct options *options)
{
    struct tokens_draft draft;
    size_t found = 0;

    if (!options->name)
        return wrong("revoke needs the name of a token");
    int code = tokens_draft_open(&draft, options->path);
    for (size_t i = 0; code == 0 && i < draft.list->count; i++) {
        struct token_row *row = &draft.list->rows[i];
        if (row->revoked || strcmp(row->name, options->name) != 0)
            continue;
        row->revoked = true;
        found += 1;
    }
    if (code == 0 && found == 0) {
        fprintf(stderr, "%s: %s has no active token\n", options->path,
                options->name);
        code = EX_DATAERR;
    }
    if (code == 0)
        code = tokens_draft_save(&draft);
    tokens_draft_close(&draft);
    if (code == 0)
        printf("revoked  %s   (in force within a second)\n", options->name);
    return code;
}

int
tokens_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *options);
    } actions[] = {
        {"new", new_token}, {"list", list_tokens}, {"revoke", revoke_token}};
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "new NAME|list|revoke NAME",
        .doc = "Says who may read what the reporter shows.  new: a token, "
               "shown once; only its hash is kept.  list: whose there are.  "
               "revoke: within a second, also for pages that are open."};
    struct options options = {0};

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    for (size_t i = 0; options.action && i < sizeof actions / sizeof actions[0];
         i++) {
        if (strcmp(options.action, actions[i].name) != 0)
            continue;
        if (crypto_start() != STATUS_OK)
            return EX_OSERR;
        int code = find_file(&options);
        return code == 0 ? actions[i].run(&options) : code;
    }
    return wrong("say new, list or revoke; --help explains them");
}
