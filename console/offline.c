// SPDX-License-Identifier: Apache-2.0
#include "console/offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/crypto/digest.h"

error_t
offline_option(struct offline_place *place, int key, char *value)
{
    switch (key) {
    case 'c':
        place->config = value;
        return 0;
    case 'd':
        place->data = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
offline_open(struct offline *offline, const char *title,
             const struct offline_place *place)
{
    *offline = (struct offline){.title = title};
    offline->problems = calloc(1, sizeof *offline->problems);
    struct config *loaded = calloc(1, sizeof *loaded);
    if (!offline->problems || !loaded || crypto_start() != STATUS_OK) {
        free(loaded);
        return EX_OSERR;
    }
    if (config_load(place->config, loaded, offline->problems) != STATUS_OK) {
        problems_print(offline->problems);
        free(loaded);
        return EX_CONFIG;
    }
    offline->config = loaded;
    offline->data = place->data ? place->data : loaded->aggregator.data;
    return EX_OK;
}

void
offline_close(struct offline *offline)
{
    if (offline->config)
        config_free(offline->config);
    free(offline->config);
    free(offline->problems);
}

int
offline_fail(const struct offline *offline, const char *step,
             enum status status)
{
    const char *advice = status_text(status);
    int exit_code = EX_OSERR;

    switch (status) {
    case STATUS_BUSY:
        exit_code = EX_UNAVAILABLE;
        advice = "an aggregator has it: stop that first";
        break;
    case STATUS_UNAVAILABLE:
        exit_code = EX_UNAVAILABLE;
        advice = "there is no store";
        break;
    case STATUS_CORRUPT:
    case STATUS_MALFORMED:
        exit_code = EX_DATAERR;
        advice = "what is stored is damaged: see `dealerpulse verify`";
        if (status == STATUS_MALFORMED && offline->problems->count > 0) {
            exit_code = EX_CONFIG; // whole, but not for us
            advice = "refused, as said above";
        }
        break;
    case STATUS_NOT_FOUND:
        exit_code = EX_DATAERR;
        if (offline->problems->count > 0)
            advice = "refused, as said above";
        break;
    case STATUS_FULL:
        exit_code = EX_IOERR;
        advice = "the disk is full: make room";
        break;
    case STATUS_OK:
    case STATUS_AGAIN:
    case STATUS_STOPPED:
    case STATUS_SYSTEM:
        break;
    }
    problems_print(offline->problems);
    (void)fprintf(stderr, "%s: %s: while %s: %s\n", offline->title,
                  offline->data, step, advice);
    return exit_code;
}
