// SPDX-License-Identifier: Apache-2.0
#include "common/config/performance.h"

#include <stdio.h>

#include "common/config/text.h"

enum { COLUMN_NAME_MAX = DIMENSION_NAME_MAX + 16 };

static const char base_suffix[] = "_base_ppm", own_suffix[] = "_perf_ppm";

static void
find_figure(struct performance *performance, const char *dimension,
            const char *suffix, size_t *column)
{
    struct sheet *sheet = &performance->sheet;
    char name[COLUMN_NAME_MAX];

    (void)snprintf(name, sizeof name, "%s%s", dimension, suffix);
    if (!sheet_find(sheet, name, column))
        problem_add(sheet->problems, sheet->file, sheet->csv.line, name,
                    "the column is missing (its cells may be empty)");
}

static void
find_figures(struct performance *performance)
{
    const struct thresholds *thresholds = performance->thresholds;

    for (size_t i = 0; i < thresholds->count; i++) {
        const struct dimension *dimension = &thresholds->dimensions[i];
        find_figure(performance, dimension->name, base_suffix,
                    &performance->base_columns[i]);
        find_figure(performance, dimension->name, own_suffix,
                    &performance->own_columns[i]);
        performance->measures[i] = (struct points_measure){
            .scale = dimension->scale, .weight = dimension->weight};
    }
}

// Whether a column's name is "<a dimension>_...".
static bool
is_figure(const struct performance *performance, const char *name)
{
    const struct thresholds *thresholds = performance->thresholds;

    for (size_t i = 0; i < thresholds->count; i++) {
        const char *dimension = thresholds->dimensions[i].name;
        size_t length = strlen(dimension);
        if (strncmp(name, dimension, length) == 0 && name[length] == '_')
            return true;
    }
    return false;
}

static bool
find_usual_id(struct performance *performance)
{
    static const char *const usual[] = {"id", "dealer", "dealer_id", "facility",
                                        "facility_id"};
    struct sheet *sheet = &performance->sheet;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (sheet_find(sheet, usual[i], &performance->id_column))
            return true;
    for (size_t i = 0; i < sheet->column_count; i++)
        if (!is_figure(performance, sheet->names[i])) {
            performance->id_column = i;
            return true;
        }
    return false;
}

static void
find_id(struct performance *performance, const char *id_name)
{
    struct sheet *sheet = &performance->sheet;

    if (id_name ? sheet_find(sheet, id_name, &performance->id_column)
                : find_usual_id(performance))
        return;
    problem_add(sheet->problems, sheet->file, sheet->csv.line,
                id_name ? id_name : "id",
                "the column with the dealers' ids is missing");
}

enum status
performance_open(struct performance *performance, struct span text,
                 const char *file, const struct thresholds *thresholds,
                 const char *id_name, struct problems *problems)
{
    size_t told = problems->count;

    performance->thresholds = thresholds;
    performance->id_column = 0;
    performance->id[0] = '\0';
    enum status status = sheet_open(&performance->sheet, text, file, problems);
    if (status != STATUS_OK)
        return status;
    find_id(performance, id_name);
    find_figures(performance);
    return problems->count > told ? STATUS_MALFORMED : STATUS_OK;
}

void
performance_close(struct performance *performance)
{
    sheet_close(&performance->sheet);
}

static bool
read_id(struct performance *performance)
{
    struct sheet *sheet = &performance->sheet;
    struct span cell = sheet->cells[performance->id_column];

    if (cell.length > 0 && text_is_clean(cell) &&
        text_copy(cell, performance->id, sizeof performance->id))
        return true;
    sheet_tell(sheet, performance->id_column,
               "an id is 1 to %d bytes of UTF-8 without control characters",
               PERFORMANCE_ID_MAX);
    return false;
}

enum status
performance_next(struct performance *performance)
{
    struct sheet *sheet = &performance->sheet;
    enum status status = sheet_next(sheet);

    if (status != STATUS_OK)
        return status;
    bool good = read_id(performance);
    for (size_t i = 0; i < performance->thresholds->count; i++) {
        struct points_measure *measure = &performance->measures[i];
        good &= sheet_whole(sheet, performance->base_columns[i], POINTS_PPM,
                            &measure->has_base, &measure->base);
        good &= sheet_whole(sheet, performance->own_columns[i], POINTS_PPM,
                            &measure->has_performance, &measure->performance);
    }
    return good ? STATUS_OK : STATUS_MALFORMED;
}

static bool
ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);

    return length > end && strcmp(name + length - end, suffix) == 0;
}

bool
performance_stray(const struct performance *performance, size_t *column)
{
    const struct sheet *sheet = &performance->sheet;
    size_t dimensions = performance->thresholds->count;

    for (; *column < sheet->column_count; (*column)++) {
        size_t i = 0;
        while (i < dimensions && performance->own_columns[i] != *column)
            i++;
        if (i == dimensions && ends_in(sheet->names[*column], own_suffix))
            return true;
    }
    return false;
}
