// SPDX-License-Identifier: Apache-2.0
#include "client/matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/choices.h"

enum { DEALER_COLUMNS = 5, KPI_COLUMNS = 3 };

// What making one is busy with.
struct making {
    struct matrix *matrix;
    const struct selection *selection;
    size_t *places; // of each dealer of the figures: its row, or SIZE_MAX
};

static enum status
list_kpis(struct matrix *matrix, const struct rulebook *rulebook)
{
    struct choices choices;

    enum status status = kpis_of(&choices, rulebook);
    if (status != STATUS_OK)
        return status;
    matrix->rules = calloc(choices.count + 1, sizeof *matrix->rules);
    for (size_t i = 0; i < choices.count && matrix->rules; i++) {
        struct kpi_rule made;
        const struct kpi_rule *rule =
            rulebook_kpi(rulebook, choices.list[i].id, &made);
        if (rule)
            matrix->rules[matrix->kpi_count++] = *rule;
    }
    choices_fini(&choices);
    return matrix->rules ? STATUS_OK : STATUS_SYSTEM;
}

static void
name_columns(struct matrix *matrix, const char *chosen)
{
    static const struct grid_column dealer[DEALER_COLUMNS] = {
        {.key = "dealer"},
        {.key = "name", .is_last_on_line = true},
        {.key = "region"},
        {.key = "brand"},
        {.key = "size"}};
    struct grid_column *at = matrix->columns;

    memcpy(at, dealer, sizeof dealer);
    at += DEALER_COLUMNS;
    for (size_t i = 0; i < matrix->kpi_count; i++) {
        const char *id = matrix->rules[i].id;
        if (strcmp(id, chosen) == 0)
            matrix->chosen = DEALER_COLUMNS + i * KPI_COLUMNS;
        at->kind = GRID_DECIMAL;
        snprintf(at++->key, sizeof at->key, "%s", id);
        at->kind = GRID_WHOLE;
        snprintf(at++->key, sizeof at->key, "%s_n", id);
        at->kind = GRID_WHOLE;
        snprintf(at++->key, sizeof at->key, "%s_rank", id);
    }
}

static void
fill(const void *context, size_t row, struct grid_cell *cells)
{
    const struct matrix *matrix = context;
    bool is_total = row == matrix->dealer_count;
    const struct figures_dealer *dealer =
        is_total ? NULL : matrix->dealers[row];
    const struct dealer_row *listed = dealer ? dealer->row : NULL;
    size_t stride = matrix->dealer_count + 1;

    grid_set_text(&cells[0], is_total ? "TOTAL" : dealer->id);
    if (listed) {
        grid_set_text(&cells[1], listed->name);
        grid_set_text(&cells[2], listed->region);
        grid_set_text(&cells[3], listed->brand);
        grid_set_text(&cells[4], listed->size);
    }
    struct grid_cell *at = cells + DEALER_COLUMNS;
    for (size_t i = 0; i < matrix->kpi_count; i++, at += KPI_COLUMNS) {
        const struct matrix_cell *cell = &matrix->cells[i * stride + row];
        grid_set_decimal(&at[0], cell->has_value, cell->value_micro);
        grid_set_whole(&at[1], cell->n);
        if (cell->rank > 0)
            grid_set_whole(&at[2], cell->rank);
    }
}

// index_of finds a dealer of the figures, who is there.
static size_t
index_of(const struct figures *figures, const char *id)
{
    size_t low = 0, high = figures->dealer_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(figures->dealers[middle].id, id) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// place_dealers gives each dealer of a ranking its row.
static void
place_dealers(struct making *making, const struct ranking *ranking)
{
    struct matrix *matrix = making->matrix;

    for (size_t row = 0; row < ranking->row_count; row++) {
        size_t dealer = index_of(matrix->figures, ranking->rows[row].dealer);
        matrix->dealers[row] = &matrix->figures->dealers[dealer];
        making->places[dealer] = row;
        matrix->ranked += ranking->rows[row].rank > 0;
    }
    matrix->dealer_count = ranking->row_count;
}

static struct matrix_cell
cell_of(const struct kpi *kpi, uint32_t rank)
{
    return (struct matrix_cell){.value_micro = kpi->value_micro,
                                .n = kpi->n,
                                .rank = rank,
                                .has_value = kpi->has_value};
}

static enum status
fill_kpi(struct making *making, size_t kpi)
{
    struct matrix *matrix = making->matrix;
    const struct selection *selection = making->selection;
    struct matrix_cell *cells =
        matrix->cells + kpi * (matrix->dealer_count + 1);
    struct ranking *ranking;

    enum status status =
        ranking_open_plain(&ranking, matrix->figures, &matrix->rules[kpi],
                           selection->scope, selection->period);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct rank_row *row = &ranking->rows[i];
        size_t place = making->places[index_of(matrix->figures, row->dealer)];
        cells[place] = cell_of(&row->kpi, row->rank);
    }
    cells[matrix->dealer_count] = cell_of(&ranking->total, 0);
    ranking_close(ranking);
    return STATUS_OK;
}

// order takes the order of the dealers from the ranking of the chosen KPI.
static enum status
order(struct making *making)
{
    struct matrix *matrix = making->matrix;
    const struct selection *selection = making->selection;
    size_t most = matrix->figures->dealer_count + 1;
    struct ranking *ranking;

    making->places = calloc(most, sizeof *making->places);
    matrix->dealers = calloc(most, sizeof *matrix->dealers);
    if (!making->places || !matrix->dealers)
        return STATUS_SYSTEM;
    enum status status =
        ranking_open_plain(&ranking, matrix->figures, &selection->rule,
                           selection->scope, selection->period);
    if (status != STATUS_OK)
        return status;
    place_dealers(making, ranking);
    ranking_close(ranking);
    matrix->cells = calloc((matrix->dealer_count + 1) * matrix->kpi_count + 1,
                           sizeof *matrix->cells);
    return matrix->cells ? STATUS_OK : STATUS_SYSTEM;
}

static enum status
make(struct making *making, const struct material *material)
{
    struct matrix *matrix = making->matrix;
    const struct selection *selection = making->selection;

    enum status status = figures_open(
        &matrix->figures, material->rulebook, material->directory,
        material->table, selection->first, selection->last, material->now_ms);
    if (status == STATUS_OK)
        status = list_kpis(matrix, material->rulebook);
    if (status == STATUS_OK)
        status = order(making);
    for (size_t i = 0; i < matrix->kpi_count && status == STATUS_OK; i++)
        status = fill_kpi(making, i);
    if (status != STATUS_OK)
        return status;
    size_t columns = DEALER_COLUMNS + matrix->kpi_count * KPI_COLUMNS;
    matrix->columns = calloc(columns, sizeof *matrix->columns);
    if (!matrix->columns)
        return STATUS_SYSTEM;
    name_columns(matrix, selection->rule.id);
    matrix->position = matrix->figures->position;
    matrix->open = matrix->figures->open;
    matrix->grid = (struct grid){.name = "KPIs",
                                 .column_count = columns,
                                 .row_count = matrix->dealer_count + 1,
                                 .columns = matrix->columns,
                                 .fill = fill,
                                 .context = matrix};
    return STATUS_OK;
}

enum status
matrix_open(struct matrix **out, const struct material *material,
            const struct selection *selection)
{
    struct making making = {.selection = selection};

    making.matrix = calloc(1, sizeof *making.matrix);
    if (!making.matrix)
        return STATUS_SYSTEM;
    enum status status = make(&making, material);
    free(making.places);
    if (status != STATUS_OK) {
        matrix_close(making.matrix);
        return status;
    }
    *out = making.matrix;
    return STATUS_OK;
}

void
matrix_close(struct matrix *matrix)
{
    if (!matrix)
        return;
    free(matrix->cells);
    free(matrix->dealers);
    free(matrix->columns);
    free(matrix->rules);
    figures_close(matrix->figures);
    free(matrix);
}
