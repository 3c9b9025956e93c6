// SPDX-License-Identifier: Apache-2.0
#include "common/config/thresholds.h"

#include <stdlib.h>

#include "common/config/programme.h"
#include "common/config/sheet.h"
#include "common/config/text.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

enum column { NAME, FLOOR, THRESHOLD, BENCHMARK, COLUMNS };

static const char *const names[COLUMNS][2] = {
    [NAME] = {"dim", "dimension"},
    [FLOOR] = {"floor_ppm", "floor"},
    [THRESHOLD] = {"threshold_ppm", "threshold"},
    [BENCHMARK] = {"benchmark_ppm", "benchmark"},
};

static void
find_columns(struct sheet *sheet, size_t places[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++)
        if (!sheet_find(sheet, names[i][0], &places[i]) &&
            !sheet_find(sheet, names[i][1], &places[i]))
            problem_add(sheet->problems, sheet->file, sheet->csv.line,
                        names[i][0],
                        "the column is missing; needed: dim, "
                        "floor_ppm, threshold_ppm, "
                        "benchmark_ppm");
}

static void
read_name(struct sheet *sheet, size_t place,
          const struct thresholds *thresholds, struct dimension *dimension)
{
    struct span cell = sheet->cells[place];

    if (cell.length == 0 || !text_is_clean(cell) ||
        !text_copy(cell, dimension->name, sizeof dimension->name)) {
        sheet_tell(sheet, place,
                   "a dimension has a name of 1 to %d bytes of UTF-8 without "
                   "control characters",
                   DIMENSION_NAME_MAX);
        return;
    }
    for (size_t i = 0; i < thresholds->count; i++)
        if (strcmp(thresholds->dimensions[i].name, dimension->name) == 0)
            sheet_tell(sheet, place, "%s is there twice", dimension->name);
}

static bool
read_ppm(struct sheet *sheet, size_t place, int64_t *value)
{
    bool there;

    if (!sheet_whole(sheet, place, POINTS_PPM, &there, value))
        return false;
    if (!there)
        sheet_tell(sheet, place, "must not be empty");
    return there;
}

static void
read_row(struct sheet *sheet, const size_t places[COLUMNS],
         struct thresholds *thresholds)
{
    struct dimension dimension = {.weight = 1};
    struct points_scale *scale = &dimension.scale;

    read_name(sheet, places[NAME], thresholds, &dimension);
    bool whole = read_ppm(sheet, places[FLOOR], &scale->floor);
    whole &= read_ppm(sheet, places[THRESHOLD], &scale->threshold);
    whole &= read_ppm(sheet, places[BENCHMARK], &scale->benchmark);
    const char *problem = whole ? points_scale_problem(scale) : NULL;
    if (problem)
        sheet_tell(sheet,
                   places[scale->floor > scale->threshold ? FLOOR : THRESHOLD],
                   "%s; it must be floor <= threshold <= benchmark", problem);
    if (thresholds->count < DIMENSIONS_MAX)
        thresholds->dimensions[thresholds->count] = dimension;
    else if (thresholds->count == DIMENSIONS_MAX)
        sheet_tell(sheet, places[NAME], "there are more than %d dimensions",
                   DIMENSIONS_MAX);
    thresholds->count++;
}

static enum status
read_rows(struct sheet *sheet, struct thresholds *thresholds)
{
    size_t places[COLUMNS] = {0};
    enum status status;

    find_columns(sheet, places);
    if (sheet->problems->count > 0)
        return STATUS_MALFORMED;
    while ((status = sheet_next(sheet)) != STATUS_AGAIN) {
        if (status == STATUS_SYSTEM)
            return status;
        if (status == STATUS_OK && thresholds->count <= DIMENSIONS_MAX)
            read_row(sheet, places, thresholds);
    }
    if (thresholds->count == 0 && sheet->problems->count == 0)
        problem_add(sheet->problems, sheet->file, 0, "", "names no dimension");
    return sheet->problems->count > 0 ? STATUS_MALFORMED : STATUS_OK;
}

enum status
thresholds_read(struct span text, const char *file,
                struct thresholds *thresholds, struct problems *problems)
{
    struct sheet *sheet = malloc(sizeof *sheet);

    *thresholds = (struct thresholds){0};
    if (!sheet)
        return STATUS_SYSTEM;
    enum status status = sheet_open(sheet, text, file, problems);
    if (status == STATUS_OK)
        status = read_rows(sheet, thresholds);
    sheet_close(sheet);
    free(sheet);
    return status;
}

enum status
thresholds_load(const char *path, struct thresholds *thresholds,
                struct problems *problems)
{
    char *data;
    size_t length;
    enum status status =
        file_take(path, FILE_BYTES_MAX, &data, &length, problems);

    if (status != STATUS_OK)
        return status;
    status = thresholds_read(span_of(data, length), path, thresholds, problems);
    free(data);
    return status;
}
