// SPDX-License-Identifier: Apache-2.0
#include "console/deliveries.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "client/deliveries.h"
#include "common/config/config.h"

struct options {
    const char *config, *verb, *id;
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 0},
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
    case ARGP_KEY_ARG:
        if (!options->verb)
            options->verb = argument;
        else if (!options->id)
            options->id = argument;
        else
            argp_error(state, "\"%s\" is too much", argument);
        return 0;
    case ARGP_KEY_END:
        if (!options->verb || (strcmp(options->verb, "list") != 0 &&
                               strcmp(options->verb, "replay") != 0))
            argp_error(state, "say list or replay");
        else if ((strcmp(options->verb, "replay") == 0) != !!options->id)
            argp_error(state, "replay takes an id that list shows, list none");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// What one id came to: the last line about it.
struct found {
    const char *id;
    struct delivery_line line;
    char *body;
};

static void
print(void *context, const struct delivery_line *line)
{
    (void)context;
    printf("%s %-9s %3ld %s %s\n", line->at, delivery_result_name(line->result),
           line->http, line->id, line->problem ? line->problem : "");
}

static void
look_for(void *context, const struct delivery_line *line)
{
    struct found *found = context;

    if (strcmp(line->id, found->id) != 0)
        return;
    free(found->body);
    found->line = *line;
    found->body = strdup(line->body);
}

static int
complain(const char *file, const char *sentence, int code)
{
    fprintf(stderr, "dealerpulse deliveries: %s: %s\n", file, sentence);
    return code;
}

static int
replay(const char *file, const struct found *found)
{
    struct delivery_line line = found->line;
    time_t now = time(NULL);
    struct tm parts;

    if (!found->body)
        return complain(file, "there is no delivery of this id", EX_DATAERR);
    line.result = DELIVERY_REPLAY;
    line.http = 0;
    line.problem = NULL;
    line.body = found->body;
    if (gmtime_r(&now, &parts))
        (void)strftime(line.at, sizeof line.at, "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!deliveries_append(file, &line))
        return complain(file, strerror(errno), EX_CANTCREAT);
    printf("%s will be sent again\n", line.id);
    return 0;
}

static int
run(const struct options *options, const char *file)
{
    struct found found = {.id = options->id};
    long offset = 0;

    if (file[0] == '\0')
        return complain("webhook.log", "is not set", EX_CONFIG);
    enum status status =
        deliveries_read(file, &offset, options->id ? look_for : print, &found);
    int code = 0;
    if (status == STATUS_NOT_FOUND)
        code = complain(file, "nothing was delivered yet", EX_DATAERR);
    else if (status != STATUS_OK)
        code = complain(file, "cannot be read", EX_DATAERR);
    else if (options->id)
        code = replay(file, &found);
    free(found.body);
    return code;
}

int
deliveries_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "list\nreplay ID",
        .doc = "Shows what the webhook was told and what became of it; or has "
               "the reporter tell it once more."};
    struct options options = {0};
    struct problems problems = {0};
    struct config config;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (config_load(options.config, &config, &problems) != STATUS_OK) {
        problems_print(&problems);
        return EX_CONFIG;
    }
    int code = run(&options, config.webhook.log);
    config_free(&config);
    return code;
}
