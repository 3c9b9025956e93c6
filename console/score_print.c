// SPDX-License-Identifier: Apache-2.0
#include "console/score_print.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/kpi.h"

// "16", "61.333333": no digit more than there is to tell.
static void
decimal(int64_t micro, char text[KPI_TEXT_MAX])
{
    kpi_text(micro, text);
    for (size_t end = strlen(text); text[end - 1] == '0'; end--)
        text[end - 1] = '\0';
    size_t last = strlen(text) - 1;
    if (text[last] == '.')
        text[last] = '\0';
}

static void
column(const char *dimension, const char *suffix, struct buffer *text)
{
    char name[DIMENSION_NAME_MAX + 8];

    (void)snprintf(name, sizeof name, "%s%s", dimension, suffix);
    buffer_put(text, ",");
    buffer_csv(text, name);
}

static void
csv_head(const struct thresholds *thresholds, struct buffer *text)
{
    buffer_put(text, "id");
    for (size_t i = 0; i < thresholds->count; i++) {
        const char *name = thresholds->dimensions[i].name;
        column(name, "_ach", text);
        column(name, "_imp", text);
        column(name, "_dim", text);
    }
    buffer_put(text, ",base,consistency,score\n");
}

void
score_print_head(const struct thresholds *thresholds, enum render_format format,
                 struct buffer *text)
{
    switch (format) {
    case RENDER_CSV:
        csv_head(thresholds, text);
        break;
    case RENDER_JSON:
        buffer_put(text, "{\"rows\":[");
        break;
    case RENDER_TABLE:
        buffer_format(text, "%10s %10s %11s  %-15s %s\n", "score", "base",
                      "consistency", "weakest", "id");
        break;
    }
}

static void
csv_points(int points, struct buffer *text)
{
    if (points == POINTS_NONE)
        buffer_put(text, ",");
    else
        buffer_format(text, ",%d", points);
}

static void
csv_row(const struct performance *performance, const struct points_score *score,
        struct buffer *text)
{
    char base[KPI_TEXT_MAX], total[KPI_TEXT_MAX];

    buffer_csv(text, performance->id);
    for (size_t i = 0; i < performance->thresholds->count; i++) {
        struct points points = points_of(&performance->measures[i]);
        csv_points(points.achievement, text);
        csv_points(points.improvement, text);
        csv_points(points.points, text);
    }
    decimal(score->base_micro, base);
    decimal(score->score_micro, total);
    if (score->has_value)
        buffer_format(text, ",%s,%d,%s\n", base, score->consistency, total);
    else
        buffer_put(text, ",,,\n");
}

static void
json_points(const char *key, int points, struct buffer *text)
{
    buffer_format(text, "\"%s\":", key);
    if (points == POINTS_NONE)
        buffer_put(text, "null");
    else
        buffer_format(text, "%d", points);
}

static void
json_dimensions(const struct performance *performance, struct buffer *text)
{
    for (size_t i = 0; i < performance->thresholds->count; i++) {
        struct points points = points_of(&performance->measures[i]);
        buffer_put(text, i > 0 ? "," : "");
        buffer_json(text, performance->thresholds->dimensions[i].name);
        buffer_put(text, ":{");
        json_points("achievement", points.achievement, text);
        buffer_put(text, ",");
        json_points("improvement", points.improvement, text);
        buffer_put(text, ",");
        json_points("points", points.points, text);
        buffer_put(text, "}");
    }
}

static void
json_row(const struct performance *performance,
         const struct points_score *score, struct buffer *text)
{
    char base[KPI_TEXT_MAX], total[KPI_TEXT_MAX];

    buffer_put(text, "{\"id\":");
    buffer_json(text, performance->id);
    buffer_put(text, ",\"dimensions\":{");
    json_dimensions(performance, text);
    if (!score->has_value) {
        buffer_put(text, "},\"base\":null,\"consistency\":null,"
                         "\"score\":null,\"weakest\":null}");
        return;
    }
    kpi_text(score->base_micro, base);
    kpi_text(score->score_micro, total);
    buffer_format(text,
                  "},\"base\":\"%s\",\"consistency\":%d,\"score\":\"%s\","
                  "\"weakest\":",
                  base, score->consistency, total);
    buffer_json(text, performance->thresholds->dimensions[score->weakest].name);
    buffer_put(text, "}");
}

static void
table_row(const struct performance *performance,
          const struct points_score *score, struct buffer *text)
{
    char base[KPI_TEXT_MAX], total[KPI_TEXT_MAX];

    if (!score->has_value) {
        buffer_format(text, "%10s %10s %11s  %-15s ", "-", "-", "-", "-");
    } else {
        kpi_text(score->base_micro, base);
        kpi_text(score->score_micro, total);
        buffer_format(text, "%10s %10s %11d  %-15s ", total, base,
                      score->consistency,
                      performance->thresholds->dimensions[score->weakest].name);
    }
    buffer_plain(text, performance->id);
    buffer_put(text, "\n");
}

void
score_print_row(const struct performance *performance,
                const struct points_score *score, bool first,
                enum render_format format, struct buffer *text)
{
    switch (format) {
    case RENDER_CSV:
        csv_row(performance, score, text);
        break;
    case RENDER_JSON:
        buffer_put(text, first ? "\n" : ",\n");
        json_row(performance, score, text);
        break;
    case RENDER_TABLE:
        table_row(performance, score, text);
        break;
    }
}

void
score_print_end(enum render_format format, struct buffer *text)
{
    if (format == RENDER_JSON)
        buffer_put(text, "]}\n");
}
