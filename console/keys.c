// SPDX-License-Identifier: Apache-2.0
#include "console/keys.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/config.h"
#include "common/config/when.h"
#include "common/crypto/digest.h"
#include "console/keys_parts.h"

enum { KEY_SERVER = 0x100, KEY_SIGNS, KEY_OVERLAP, KEY_KEY };

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml): its `keyring`", 0},
    {"keyring", 'k', "FILE", 0, "The keyring; keyring.csv by default", 0},
    {"role", 'r', "ROLE", 0, "dealer, hq, auditor, reporter or collector", 1},
    {"dealers", 'd', "IDS", 0, "Whom a dealer's key speaks for: \"SH01 SH02\"",
     1},
    {"from", 'f', "TIME", 0, "Good from: 2026-01-31 or 2026-01-31T08:00:00Z",
     1},
    {"until", 'u', "TIME", 0, "Good before", 1},
    {"out", 'o', "FILE", 0, "The secret key's file; NAME.key by default", 1},
    {"sign", KEY_SIGNS, NULL, 0, "Also a key that signs events, FILE.sign", 1},
    {"server", KEY_SERVER, NULL, 0,
     "A key of a server alone, for no keyring: the aggregator's", 1},
    {"key", KEY_KEY, "KEY", 0, "revoke: this public key of the name only", 2},
    {"overlap", KEY_OVERLAP, "TIME", 0,
     "rotate: how long the old key stays good; 7d", 2},
    {0},
};

static void
read_argument(struct keys_options *options, char *argument,
              struct argp_state *state)
{
    if (!options->action)
        options->action = argument;
    else if (!options->name)
        options->name = argument;
    else
        argp_error(state, "unexpected argument \"%s\"", argument);
}

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct keys_options *options = state->input;

    switch (key) {
    case 'c':
        options->config = argument;
        return 0;
    case 'k':
        options->keyring = argument;
        return 0;
    case 'r':
        options->role = argument;
        return 0;
    case 'd':
        options->dealers = argument;
        return 0;
    case 'f':
        options->from = argument;
        return 0;
    case 'u':
        options->until = argument;
        return 0;
    case 'o':
        options->out = argument;
        return 0;
    case KEY_SIGNS:
        options->sign = true;
        return 0;
    case KEY_SERVER:
        options->server = true;
        return 0;
    case KEY_KEY:
        options->key = argument;
        return 0;
    case KEY_OVERLAP:
        if (!when_duration(span_text(argument), &options->overlap_ms))
            argp_error(state, "--overlap is a time such as 7d or 12h");
        return 0;
    case ARGP_KEY_ARG:
        read_argument(options, argument, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// find_keyring: --keyring, or what the settings say, or keyring.csv.
static int
find_keyring(struct keys_options *options)
{
    static struct config config; // too large for the stack
    static struct problems problems;
    const char *path = options->keyring;

    if (!path && options->config) {
        if (config_load(options->config, &config, &problems) != STATUS_OK) {
            problems_print(&problems);
            return EX_CONFIG;
        }
        if (config.keyring[0] == '\0') {
            fprintf(stderr,
                    "%s: names no keyring; add the line `keyring: "
                    "keyring.csv`, or say --keyring FILE\n",
                    options->config);
            return EX_CONFIG;
        }
        path = config.keyring;
    }
    (void)snprintf(options->path, sizeof options->path, "%s",
                   path ? path : "keyring.csv");
    config_free(&config);
    return 0;
}

int
keys_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct keys_options *options);
    } actions[] = {{"new", keys_new},
                   {"list", keys_list},
                   {"revoke", keys_revoke},
                   {"rotate", keys_rotate}};
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "new NAME|list|revoke NAME|rotate NAME",
        .doc = "Makes keys and says who may speak.  new: a key pair, its "
               "secret in a file of mode 0600, its public key in the keyring.  "
               "list: the keyring.  revoke: within a second, also on links "
               "that are up.  rotate: a second key for a name, the first one "
               "ends."};
    struct keys_options options = {.overlap_ms = INT64_C(7) * 86400000};

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    for (size_t i = 0; options.action && i < sizeof actions / sizeof actions[0];
         i++) {
        if (strcmp(options.action, actions[i].name) != 0)
            continue;
        if (crypto_start() != STATUS_OK)
            return EX_OSERR;
        int code = options.server ? 0 : find_keyring(&options);
        return code == 0 ? actions[i].run(&options) : code;
    }
    fprintf(stderr, "dealerpulse keys: say new, list, revoke or rotate; "
                    "--help explains them\n");
    return EX_USAGE;
}
