// SPDX-License-Identifier: Apache-2.0
#include "terminal/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
    KEY_CONFIG = 0x100,
    KEY_SPOOL,
    KEY_NAME,
    KEY_ROLE,
    KEY_DEALER,
    KEY_LINK
};

static const struct argp_option options[] = {
    {"config", KEY_CONFIG, "FILE", 0, "settings (dealerpulse.yaml)", 0},
    {"spool", KEY_SPOOL, "FILE", 0, "where events wait", 0},
    {"collector", KEY_LINK, "ENDPOINT", 0,
     "tcp://HOST:PORT, with keys tcp://HOST:PORT#KEY; may be given several "
     "times",
     0},
    {"name", KEY_NAME, "NAME", 0, "of this terminal", 0},
    {"role", KEY_ROLE, "ROLE", 0, "dealer, hq or auditor", 0},
    {"dealer", KEY_DEALER, "ID", 0,
     "whom it speaks for; may be given several times", 0},
    {0}};

static error_t
add(const char **list, size_t *count, size_t max, char *text,
    struct argp_state *state)
{
    if (*count == max)
        argp_error(state, "at most %zu of these", max);
    else
        list[(*count)++] = text;
    return 0;
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct settings *settings = state->input;

    switch (key) {
    case KEY_CONFIG:
        settings->config_file = text;
        return 0;
    case KEY_SPOOL:
        settings->spool = text;
        return 0;
    case KEY_NAME:
        settings->name = text;
        return 0;
    case KEY_ROLE:
        if (strcmp(text, "dealer") != 0 && strcmp(text, "hq") != 0 &&
            strcmp(text, "auditor") != 0)
            argp_error(state, "the role is dealer, hq or auditor, not \"%s\"",
                       text);
        settings->role = text;
        return 0;
    case KEY_DEALER:
        return add(settings->dealers, &settings->dealer_count,
                   CONFIG_DEALERS_MAX, text, state);
    case KEY_LINK:
        return add(settings->collectors, &settings->collector_count,
                   CONFIG_ENDPOINTS_MAX, text, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp settings_argp = {.options = options, .parser = parse};

int
settings_load(struct settings *settings)
{
    struct problems *problems = calloc(1, sizeof *problems);
    if (!problems)
        return EX_OSERR;

    enum status status =
        config_load(settings->config_file, &settings->config, problems);
    if (status != STATUS_OK)
        problems_print(problems);
    free(problems);
    const char *keys = config_keys_problem(&settings->config, CONFIG_TERMINAL);
    if (status == STATUS_OK && keys && settings->collector_count == 0) {
        fprintf(stderr, "%s: %s\n", settings->config_file, keys);
        return EX_CONFIG;
    }
    return status == STATUS_OK ? 0 : EX_CONFIG;
}

void
settings_free(struct settings *settings)
{
    config_free(&settings->config);
}

static const char *
either(const char *typed, const char *configured)
{
    return typed ? typed : configured;
}

static enum dealerpulse_role
role_of(const char *name)
{
    if (strcmp(name, "auditor") == 0)
        return DEALERPULSE_AUDITOR;
    return strcmp(name, "hq") == 0 ? DEALERPULSE_HQ : DEALERPULSE_DEALER;
}

// add_collector names a configured collector as dealerpulse_open wants it.
static void
add_collector(struct settings *settings,
              const struct collector_address *collector)
{
    size_t index = settings->collector_count++;
    char *name = settings->collector_names[index];

    (void)snprintf(name, sizeof settings->collector_names[index], "%s%s%s",
                   collector->endpoint, collector->key[0] ? "#" : "",
                   collector->key);
    settings->collectors[index] = name;
}

struct dealerpulse_options
settings_options(struct settings *settings, bool hq_by_default)
{
    struct terminal_config *config = &settings->config.terminal;

    if (settings->dealer_count == 0)
        for (size_t i = 0; i < config->dealer_count; i++)
            settings->dealers[settings->dealer_count++] = config->dealers[i];
    if (settings->collector_count == 0)
        for (size_t i = 0; i < config->collector_count; i++)
            add_collector(settings, &config->collectors[i]);

    enum dealerpulse_role role = role_of(either(settings->role, config->role));
    if (!settings->role && settings->dealer_count == 0 && hq_by_default)
        role = DEALERPULSE_HQ;
    return (struct dealerpulse_options){
        .spool = either(settings->spool, config->spool),
        .spool_bytes = config->spool_bytes,
        .name = either(settings->name, config->name),
        .role = role,
        .dealers = settings->dealers,
        .dealer_count = role == DEALERPULSE_DEALER ? settings->dealer_count : 0,
        .collectors = settings->collectors,
        .collector_count = settings->collector_count,
        .key_file = config->key,
        .sign_key_file = config->sign_key,
        .software = "dealerpulse-terminal " PROJECT_VERSION,
    };
}

int
exit_code_of(enum dealerpulse_status status)
{
    switch (status) {
    case DEALERPULSE_OK:
    case DEALERPULSE_AGAIN:
        return 0;
    case DEALERPULSE_NOT_FOUND:
        return EX_NOINPUT;
    case DEALERPULSE_INVALID:
        return EX_CONFIG;
    case DEALERPULSE_FULL:
        return EX_CANTCREAT;
    case DEALERPULSE_BUSY:
        return EX_TEMPFAIL;
    case DEALERPULSE_CORRUPT:
        return EX_DATAERR;
    case DEALERPULSE_EXPOSED:
        return EX_NOPERM;
    case DEALERPULSE_SYSTEM:
        return EX_IOERR;
    }
    abort(); // every status is listed above
}
