// SPDX-License-Identifier: Apache-2.0
#include "console/freeze.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "client/freeze.h"
#include "common/domain/peer.h"
#include "console/reading.h"

static const struct argp_option option_list[] = {
    {"period", 'p', "P", 0,
     "The months to freeze, as a rule R4Q:2026-Q4; by default the newest month "
     "with data",
     0},
    {"programme", 'r', "FILE", 0,
     "Freeze the dimensions of this programme.yaml instead of the published "
     "one",
     0},
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 1},
    {"queries", 'q', "ENDPOINT", 0, "Ask the aggregator there", 1},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG) {
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    }
    return reading_option(state->input, key, argument);
}

static void
put_frozen(const struct freeze *freeze, const char *indent, struct buffer *text)
{
    const struct points_scale *scale = &freeze->scale;

    buffer_format(text,
                  "%sfloor_ppm: %" PRId64 "\n%sthreshold_ppm: %" PRId64
                  "\n%sbenchmark_ppm: %" PRId64 "\n",
                  indent, scale->floor, indent, scale->threshold, indent,
                  scale->benchmark);
    if (!freeze->is_shrunken)
        return;
    buffer_format(text, "%sshrink: {mean_micro: %" PRId64, indent,
                  freeze->shrink.mean_micro);
    if (freeze->shrink.is_flat)
        buffer_put(text, ", flat: true}\n");
    else
        buffer_format(text, ", strength_micro: %" PRId64 "}\n",
                      freeze->shrink.strength_micro);
}

// Whose dealers the lines come from, as a comment.
static void
put_source(const struct freeze *freeze, const char *indent, struct buffer *text)
{
    buffer_format(text, "%s# %zu dealers of ", indent, freeze->dealers);
    buffer_plain(text, freeze->scope);
    buffer_put(text, "\n");
}

static enum status
put_peers(const struct figures *figures,
          const struct scheme_dimension *dimension, struct buffer *text)
{
    const struct rulebook *rulebook = figures->rulebook;
    enum status status = STATUS_OK;

    if (rulebook->peer_count > 0)
        buffer_put(text, "  by_peer:\n");
    for (size_t i = 0; i < rulebook->peer_count && status == STATUS_OK; i++) {
        char scope[SCOPE_MAX];
        struct freeze freeze;
        (void)snprintf(scope, sizeof scope, "peer:%s", rulebook->peers[i].id);
        status = freeze_of(&freeze, figures, dimension, scope);
        if (status != STATUS_OK || freeze.dealers == 0)
            continue;
        put_source(&freeze, "    ", text);
        buffer_format(text, "    - peer: %s\n", rulebook->peers[i].id);
        put_frozen(&freeze, "      ", text);
    }
    return status;
}

static enum status
put_dimension(const struct figures *figures,
              const struct scheme_dimension *dimension, struct buffer *text)
{
    struct freeze freeze;

    enum status status = freeze_of(&freeze, figures, dimension, "nation");
    if (status != STATUS_OK)
        return status;
    if (freeze.dealers == 0) {
        buffer_format(text, "# %s: no dealer has %" PRIu32 " answers\n",
                      dimension->kpi, dimension->min_n);
        return STATUS_OK;
    }
    put_source(&freeze, "", text);
    buffer_format(text, "- kpi: %s\n", dimension->kpi);
    put_frozen(&freeze, "  ", text);
    return put_peers(figures, dimension, text);
}

static int
show(const struct reading *reading)
{
    const struct material material = reading_material(reading);
    const struct scheme *scheme = material.rulebook->scheme;
    struct figures *figures;
    struct buffer text = {0};

    if (!scheme) {
        fprintf(stderr, "dealerpulse freeze-thresholds: the programme has no "
                        "rebate: there are no dimensions to freeze\n");
        return EX_USAGE;
    }
    enum status status = figures_open(
        &figures, material.rulebook, material.directory, material.table,
        reading->selection.first, reading->selection.last, material.now_ms);
    if (status != STATUS_OK)
        return reading_complain(reading, status, "");
    buffer_format(&text, "# Frozen from %s%s at position %" PRIu64 ": ",
                  reading->selection.period, figures->open ? " (open)" : "",
                  figures->position);
    buffer_put(&text, "for rebate.dimensions of the next version.\n");
    for (size_t i = 0; i < scheme->dimension_count && status == STATUS_OK; i++)
        status = put_dimension(figures, &scheme->dimensions[i], &text);
    figures_close(figures);
    if (status == STATUS_OK)
        return reading_print(reading, &text);
    buffer_fini(&text);
    return reading_complain(reading, status, "");
}

int
freeze_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .doc = "Prints thresholds and shrinkage for each dimension of the "
               "rebate and each peer group, of what the dealers reached in a "
               "period, as YAML for the programme's next version."};
    struct reading_options options = {.command = "freeze-thresholds"};
    struct reading reading;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    int code = reading_open(&reading, &options);
    if (code == 0)
        code = reading_select(&reading, false);
    if (code == 0)
        code = show(&reading);
    reading_close(&reading);
    return code;
}
