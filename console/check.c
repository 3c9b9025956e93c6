// SPDX-License-Identifier: Apache-2.0
#include "console/check.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/config/config.h"
#include "common/config/dealers.h"
#include "common/config/map.h"
#include "common/config/peers.h"
#include "common/config/programme.h"
#include "common/domain/scheme.h"
#include "console/check_keys.h"
#include "console/check_tests.h"

enum { MAPS_MAX = 64 };

struct options {
    const char *config;
    const char *maps[MAPS_MAX];
    int map_count;
};

static const struct argp_option option_list[] = {
    {"config", 'c', "FILE", 0, "Settings (dealerpulse.yaml)", 0},
    {"map", 'm', "FILE", 0, "Check this import map as well (repeatable)", 0},
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
    case 'm':
        if (options->map_count == MAPS_MAX)
            argp_error(state, "at most %d maps", MAPS_MAX);
        else
            options->maps[options->map_count++] = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// Everything that was read, so that one function frees it.
struct checked {
    struct problems problems;
    struct config config;
    struct rulebook *rulebook;
    struct directory *directory;
    bool failed; // for another reason than a problem
};

// note keeps what went wrong without a problem to tell of: the machine.
static bool
note(struct checked *checked, enum status status)
{
    if (status == STATUS_SYSTEM && checked->problems.count == 0)
        checked->failed = true;
    return status == STATUS_OK;
}

static void
print_rebate(const struct scheme *scheme)
{
    static const char *const forms[] = {"knots", "tiers"};

    printf("rebate     %zu dimensions, consistency %d, ",
           scheme->dimension_count, scheme->consistency);
    if (scheme->payout == SCHEME_EXCHANGE)
        printf("an exchange of %" PRId64 " ppm of the base",
               scheme->withhold_ppm);
    else
        printf("%zu %s up to %" PRId64 " ppm of the base, %zu gates",
               scheme->ladder.count, forms[scheme->ladder.form],
               scheme->max_rate_ppm, scheme->gates.count);
    printf("; provisional after %u days, final after %u\n",
           scheme->provisional_days, scheme->final_days);
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        const struct scheme_dimension *one = &scheme->dimensions[i];
        printf("  %-32s weight %7u  floor %7" PRId64 "  threshold %7" PRId64
               "  benchmark %7" PRId64 "\n",
               one->kpi, one->weight_ppm, one->scale.floor,
               one->scale.threshold, one->scale.benchmark);
    }
}

static void
print_programme(const char *path, const struct rulebook *rulebook)
{
    printf("programme  %s: %s version %u, zone %s: %zu items, "
           "%zu questionnaires, %zu KPIs, %zu peer groups, %zu tests\n",
           path, rulebook->id, rulebook->version, rulebook->zone.name,
           rulebook->item_count, rulebook->questionnaire_count,
           rulebook->kpi_count, rulebook->peer_count, rulebook->example_count);
    if (rulebook->scheme)
        print_rebate(rulebook->scheme);
}

static void
print_dealers(const char *path, const struct directory *directory)
{
    size_t rows = 0;

    for (size_t i = 0; i < directory->dealer_count; i++)
        rows += directory->dealers[i].row_count;
    printf("dealers    %s: %zu dealers in %zu rows\n", path,
           directory->dealer_count, rows);
}

static void
print_map(const char *path, const struct import_map *map)
{
    printf("map        %s: %s, %zu events a row of %zu columns\n", path,
           map->name, map->event_count, map->column_count);
}

static void
read_settings(struct checked *checked, const char *path)
{
    struct config *config = &checked->config;
    struct problems *problems = &checked->problems;

    if (!note(checked, config_load(path, config, problems)))
        return;
    printf("config     %s\n", path ? path : "the defaults");
    (void)note(checked, check_keys(config, path, problems));
    if (note(checked,
             programme_load(config->programme, &checked->rulebook, problems)))
        print_programme(config->programme, checked->rulebook);
    if (checked->rulebook)
        (void)note(checked,
                   check_tests(checked->rulebook, config->programme, problems));
    if (note(checked,
             dealers_load(config->dealers, &checked->directory, problems)))
        print_dealers(config->dealers, checked->directory);
    if (checked->rulebook && checked->directory)
        (void)peers_check(checked->rulebook, config->programme,
                          checked->directory, problems);
}

static void
read_map(struct checked *checked, const char *path)
{
    struct import_map *map;

    if (!note(checked, map_load(path, &map, &checked->problems)))
        return;
    print_map(path, map);
    map_free(map);
}

// Its own terminal would be told to wait for ever.
static void
check_terminal(struct checked *checked, const char *path)
{
    const struct terminal_config *terminal = &checked->config.terminal;

    for (size_t i = 0; checked->directory && i < terminal->dealer_count; i++) {
        const char *dealer = terminal->dealers[i];
        if (!directory_find(checked->directory, span_text(dealer)))
            problem_add(&checked->problems, path, 0, "terminal.dealers",
                        "%s is not listed in %s", dealer,
                        checked->config.dealers);
    }
}

int
check_files(const char *config_path, const char *const *maps, int map_count)
{
    struct checked *checked = calloc(1, sizeof *checked);

    if (!checked)
        return EX_SOFTWARE;
    read_settings(checked, config_path);
    for (int i = 0; i < map_count; i++)
        read_map(checked, maps[i]);
    check_terminal(checked, config_path);

    int code = checked->problems.count > 0 ? EX_CONFIG : 0;
    if (checked->failed)
        code = EX_SOFTWARE;
    (void)fflush(stdout);
    problems_print(&checked->problems);
    if (checked->failed)
        fprintf(stderr, "dealerpulse check: %s\n", status_text(STATUS_SYSTEM));
    programme_free(checked->rulebook);
    dealers_free(checked->directory);
    config_free(&checked->config);
    free(checked);
    return code;
}

int
check_command(int argc, char **argv)
{
    static const struct argp parser = {
        option_list,
        read_option,
        NULL,
        "Validate the settings, the programme and the dealers they name, and "
        "import maps, before anything runs on them.",
        NULL,
        NULL,
        NULL};
    struct options options = {0};

    if (argp_parse(&parser, argc, argv, 0, NULL, &options) != 0)
        return EX_USAGE;
    return check_files(options.config, options.maps, options.map_count);
}
