// SPDX-License-Identifier: Apache-2.0
#include "client/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHART_ROWS_MAX = 40, RANKING_DEALER = 1, RANKING_VALUE = 3 };

static const char *const kind_names[] = {[EXPORT_RANKING] = "ranking",
                                         [EXPORT_KPIS] = "kpis",
                                         [EXPORT_DEALER] = "dealer",
                                         [EXPORT_STATEMENTS] = "statements"};

static const struct {
    const char *name, *media_type;
} formats[] = {
    [EXPORT_CSV] = {"csv", "text/csv; charset=utf-8; header=present"},
    [EXPORT_JSON] = {"json", "application/json; charset=utf-8"},
    [EXPORT_XLSX] = {"xlsx",
                     "application/"
                     "vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};

bool
export_kind_of(const char *name, enum export_kind *kind)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++)
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum export_kind)i;
            return true;
        }
    return false;
}

bool
export_format_of(const char *name, enum export_format *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(name, formats[i].name) == 0) {
            *format = (enum export_format)i;
            return true;
        }
    return false;
}

const char *
export_media_type(enum export_format format)
{
    return formats[format].media_type;
}

static const char *
title_of(const struct kpi_rule *rule)
{
    return rule->name_en[0] ? rule->name_en : rule->id;
}

// chart_best draws the ranked, who come first: the best when they are many.
static struct xlsx_chart
chart_best(const char *title, size_t ranked, size_t names, size_t values)
{
    return (struct xlsx_chart){
        .title = title,
        .count = ranked < CHART_ROWS_MAX ? ranked : CHART_ROWS_MAX,
        .names = names,
        .values = values};
}

static enum status
open_ranking(struct export *export, const struct material *material)
{
    const struct selection *selection = export->selection;
    size_t ranked = 0;

    enum status status = figures_open(
        &export->figures, material->rulebook, material->directory,
        material->table, selection->first, selection->last, material->now_ms);
    if (status == STATUS_OK)
        status =
            ranking_open(&export->ranking, export->figures, &selection->rule,
                         selection->scope, selection->period);
    if (status != STATUS_OK)
        return status;
    while (ranked<
           export->ranking->row_count &&export->ranking->rows[ranked].rank> 0)
        ranked++;
    ranking_grid_init(&export->ranking_grid, export->ranking);
    export->grid = &export->ranking_grid.grid;
    export->chart = chart_best(title_of(&selection->rule), ranked,
                               RANKING_DEALER, RANKING_VALUE);
    return STATUS_OK;
}

static enum status
open_kpis(struct export *export, const struct material *material)
{
    enum status status =
        matrix_open(&export->matrix, material, export->selection);
    if (status != STATUS_OK)
        return status;
    export->grid = &export->matrix->grid;
    export->chart =
        chart_best(title_of(&export->selection->rule), export->matrix->ranked,
                   0, export->matrix->chosen);
    return STATUS_OK;
}

static enum status
open_dealer(struct export *export, const struct material *material,
            const char *dealer)
{
    const struct selection *selection = export->selection;

    enum status status =
        scorecard_open(&export->scorecard, material, selection, dealer);
    if (status != STATUS_OK)
        return status;
    scorecard_grid_init(&export->scorecard_grid, export->scorecard);
    export->grid = &export->scorecard_grid.grid;
    for (size_t i = 0; i < export->scorecard->line_count; i++)
        if (strcmp(export->scorecard->lines[i].rule.id, selection->rule.id) ==
            0)
            export->chart =
                (struct xlsx_chart){.title = title_of(&selection->rule),
                                    .first = i,
                                    .count = 1,
                                    .values = SCORECARD_GRID_FIRST,
                                    .across = SCORECARD_MONTHS};
    return STATUS_OK;
}

static enum status
open_statements(struct export *export, const struct material *material)
{
    enum status status =
        scores_open(&export->scores, material, export->selection->first,
                    export->selection->last);
    if (status == STATUS_OK)
        status = scores_grid_init(&export->scores_grid, export->scores);
    if (status != STATUS_OK)
        return status;
    export->grid = &export->scores_grid.grid;
    export->chart = chart_best("Score", export->scores_grid.ranked,
                               RANKING_DEALER, SCORES_GRID_SCORE);
    return STATUS_OK;
}

static enum status
open_kind(struct export *export, const struct material *material,
          const char *dealer)
{
    switch (export->kind) {
    case EXPORT_RANKING:
        return open_ranking(export, material);
    case EXPORT_KPIS:
        return open_kpis(export, material);
    case EXPORT_DEALER:
        return open_dealer(export, material, dealer);
    case EXPORT_STATEMENTS:
        return open_statements(export, material);
    }
    abort(); // every kind is listed above
}

// tell writes the imprint.
static void
tell(struct export *export, const struct material *material,
     const struct trace_source *source, const char *dealer)
{
    const struct selection *selection = export->selection;
    const struct rulebook *rulebook = material->rulebook;
    struct imprint *imprint = &export->imprint;
    bool is_open = month_is_open(rulebook, selection->last, material->now_ms);

    imprint_add(imprint, "export", "%s", kind_names[export->kind]);
    imprint_add(imprint, "period", "%s", selection->period);
    imprint_add(imprint, "period is", "%s", is_open ? "open" : "closed");
    imprint_add(imprint, "scope", "%s", selection->scope);
    if (dealer)
        imprint_add(imprint, "dealer", "%s", dealer);
    if (export->kind == EXPORT_RANKING) {
        imprint_add(imprint, "kpi", "%s", selection->rule.id);
        imprint_add(imprint, "name", "%s", selection->rule.name_en);
        imprint_add(imprint, "名称", "%s", selection->rule.name_zh);
        imprint_add(imprint, "ranked by the value that is", "%s",
                    export->ranking->by_estimate ? "shrunken" : "raw");
    }
    if (export->kind == EXPORT_STATEMENTS)
        imprint_add(imprint, "rates", "ppm of the base, all bases equal");
    imprint_add(imprint, "programme", "%s, version %" PRIu32, rulebook->id,
                rulebook->version);
    imprint_add(imprint, "position of the figures", "%" PRIu64,
                material->table->position);
    imprint_add(imprint, "journal position", "%" PRIu64,
                source->journal_position);
    imprint_add_hash(imprint, "head of the journal", source->head,
                     sizeof source->head);
    imprint_add_hash(imprint, "programme.yaml (BLAKE2b-256)",
                     source->programme_hash, sizeof source->programme_hash);
    imprint_add_hash(imprint, "dealers.csv (BLAKE2b-256)", source->dealers_hash,
                     sizeof source->dealers_hash);
    imprint_add(imprint, "rows", "%zu", export->grid->row_count);
    imprint_add(imprint, "made by", "dealerpulse " PROJECT_VERSION);
}

enum status
export_open(struct export **out, enum export_kind kind,
            const struct material *material, const struct selection *selection,
            const struct trace_source *source, const char *dealer)
{
    struct export *export = calloc(1, sizeof *export);
    if (!export)
        return STATUS_SYSTEM;
    export->kind = kind;
    export->selection = selection;
    enum status status = open_kind(export, material, dealer);
    if (status != STATUS_OK) {
        export_close(export);
        return status;
    }
    tell(export, material, source, dealer);
    *out = export;
    return STATUS_OK;
}

void
export_close(struct export *export)
{
    if (!export)
        return;
    ranking_close(export->ranking);
    figures_close(export->figures);
    matrix_close(export->matrix);
    scorecard_close(export->scorecard);
    scores_grid_fini(&export->scores_grid);
    scores_close(export->scores);
    free(export);
}

void
export_name(const struct export *export, enum export_format format,
            char name[EXPORT_NAME_MAX])
{
    const struct selection *selection = export->selection;
    const char *what = export->kind == EXPORT_RANKING ? selection->rule.id
                       : export->scorecard ? export->scorecard->dealer
                                           : "";

    snprintf(name, EXPORT_NAME_MAX, "%s%s%s-%s.%s", kind_names[export->kind],
             what[0] ? "-" : "", what, selection->period, formats[format].name);
    for (char *at = name; *at; at++)
        if (strchr(":\"\\/", *at))
            *at = '-';
}
