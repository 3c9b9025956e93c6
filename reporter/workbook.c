// SPDX-License-Identifier: Apache-2.0
#include "reporter/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "client/render.h"
#include "client/render_estimate.h"
#include "common/crypto/digest.h"

enum { CHART_ROWS_MAX = 40 };

// Whole numbers beyond this are no longer exact in a cell.
#define EXACT_MAX (INT64_C(1) << 53)

struct formats {
    lxw_format *heading, *value, *whole, *strong;
};

struct book_writer {
    const struct ranking *ranking;
    const struct snapshot *snapshot;
    lxw_workbook *workbook;
    struct formats formats;
};

static void
make_formats(struct book_writer *writer)
{
    struct formats *formats = &writer->formats;

    formats->heading = workbook_add_format(writer->workbook);
    format_set_bold(formats->heading);
    format_set_bottom(formats->heading, LXW_BORDER_THIN);
    formats->value = workbook_add_format(writer->workbook);
    format_set_num_format(formats->value, "0.000000");
    formats->whole = workbook_add_format(writer->workbook);
    format_set_num_format(formats->whole, "0");
    formats->strong = workbook_add_format(writer->workbook);
    format_set_bold(formats->strong);
}

static void
text_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
          const char *text, lxw_format *format)
{
    if (text && text[0])
        worksheet_write_string(sheet, row, column, text, format);
}

static void
whole_cell(const struct book_writer *writer, lxw_worksheet *sheet,
           lxw_row_t row, lxw_col_t column, int64_t value)
{
    char text[32];

    if (value < EXACT_MAX && value > -EXACT_MAX) {
        worksheet_write_number(sheet, row, column, (double)value,
                               writer->formats.whole);
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)value);
    worksheet_write_string(sheet, row, column, text, NULL);
}

static void
figure_cells(const struct book_writer *writer, lxw_worksheet *sheet,
             lxw_row_t row, const struct kpi *kpi, const char *reason)
{
    if (kpi->has_value)
        worksheet_write_number(sheet, row, 3, (double)kpi->value_micro / 1e6,
                               writer->formats.value);
    whole_cell(writer, sheet, row, 4, kpi->n);
    whole_cell(writer, sheet, row, 5, kpi->num);
    whole_cell(writer, sheet, row, 6, kpi->den);
    text_cell(sheet, row, 7, reason, NULL);
    text_cell(sheet, row, 8, ranking_flag(&writer->ranking->rule, kpi), NULL);
}

static void
value_cell(const struct book_writer *writer, lxw_worksheet *sheet,
           lxw_row_t row, lxw_col_t column, int64_t micro)
{
    worksheet_write_number(sheet, row, column, (double)micro / 1e6,
                           writer->formats.value);
}

static void
estimate_cells(const struct book_writer *writer, lxw_worksheet *sheet,
               lxw_row_t at, const struct rank_row *row)
{
    const struct estimate *estimate = &row->estimate;

    if (estimate->has_value) {
        value_cell(writer, sheet, at, 9, estimate->value_micro);
        value_cell(writer, sheet, at, 10, estimate->weight_micro);
        value_cell(writer, sheet, at, 11, estimate->low_micro);
        value_cell(writer, sheet, at, 12, estimate->high_micro);
    }
    if (estimate->first > 0) {
        whole_cell(writer, sheet, at, 13, estimate->first);
        whole_cell(writer, sheet, at, 14, estimate->last);
    }
    text_cell(sheet, at, 15, estimate_band_text(row), NULL);
}

static void
heading(const struct book_writer *writer, lxw_worksheet *sheet)
{
    static const struct {
        const char *text;
        double width;
    } columns[] = {
        {"rank", 7},  {"dealer", 14},     {"name", 32},        {"value", 14},
        {"n", 10},    {"num", 18},        {"den", 18},         {"reason", 14},
        {"flag", 12}, {"estimate", 14},   {"credibility", 12}, {"low", 14},
        {"high", 14}, {"rank_first", 10}, {"rank_last", 10},   {"band", 20}};
    const lxw_col_t last = sizeof columns / sizeof *columns - 1;

    for (lxw_col_t i = 0; i <= last; i++) {
        worksheet_write_string(sheet, 0, i, columns[i].text,
                               writer->formats.heading);
        worksheet_set_column(sheet, i, i, columns[i].width, NULL);
    }
    worksheet_freeze_panes(sheet, 1, 0);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)writer->ranking->row_count + 1,
                         last);
}

static void
ranking_sheet(const struct book_writer *writer)
{
    const struct ranking *ranking = writer->ranking;
    lxw_worksheet *sheet = workbook_add_worksheet(writer->workbook, "Ranking");
    lxw_row_t row = 1;

    heading(writer, sheet);
    for (size_t i = 0; i < ranking->row_count; i++, row++) {
        const struct rank_row *dealer = &ranking->rows[i];
        if (dealer->rank > 0)
            whole_cell(writer, sheet, row, 0, dealer->rank);
        text_cell(sheet, row, 1, dealer->dealer, NULL);
        text_cell(sheet, row, 2, dealer->name, NULL);
        figure_cells(writer, sheet, row, &dealer->kpi, dealer->reason);
        estimate_cells(writer, sheet, row, dealer);
    }
    text_cell(sheet, row, 1, "TOTAL", writer->formats.strong);
    text_cell(sheet, row, 2, ranking->scope, writer->formats.strong);
    figure_cells(writer, sheet, row, &ranking->total, ranking->total_reason);
}

// chart_sheet draws the ranked, the best of them when they are many.
static void
chart_sheet(const struct book_writer *writer)
{
    const struct ranking *ranking = writer->ranking;
    lxw_row_t ranked = 0;

    while (ranked < ranking->row_count && ranking->rows[ranked].rank > 0 &&
           ranked < CHART_ROWS_MAX)
        ranked++;
    if (ranked == 0)
        return;
    lxw_chartsheet *sheet = workbook_add_chartsheet(writer->workbook, "Chart");
    lxw_chart *chart = workbook_add_chart(writer->workbook, LXW_CHART_BAR);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    chart_series_set_categories(series, "Ranking", 1, 1, ranked, 1);
    chart_series_set_values(series, "Ranking", 1, 3, ranked, 3);
    chart_series_set_name(series, ranking->rule.id);
    chart_axis_set_reverse(chart->y_axis);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chart_title_set_name(chart, ranking->rule.name_en[0] ? ranking->rule.name_en
                                                         : ranking->rule.id);
    chartsheet_set_chart(sheet, chart);
}

static void
hex(const uint8_t *bytes, size_t length, char *text)
{
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static bool
csv_digest(const struct ranking *ranking, char text[2 * HASH_SIZE + 1])
{
    struct buffer csv = {0};
    uint8_t hash[HASH_SIZE];

    render(ranking, RENDER_CSV, &csv);
    bool made = !csv.failed;
    if (made)
        digest(span_of(csv.data, csv.used), hash, sizeof hash);
    buffer_fini(&csv);
    if (made)
        hex(hash, sizeof hash, text);
    return made;
}

static bool
about_sheet(const struct book_writer *writer)
{
    const struct ranking *ranking = writer->ranking;
    const struct snapshot *snapshot = writer->snapshot;
    char position[32], rows[32], head[2 * HASH_SIZE + 1];
    char rules[2 * HASH_SIZE + 1], dealers[2 * HASH_SIZE + 1];
    char csv[2 * HASH_SIZE + 1];
    const struct {
        const char *name, *text;
    } facts[] = {{"period", ranking->period},
                 {"period is", ranking->open ? "open" : "closed"},
                 {"kpi", ranking->rule.id},
                 {"name", ranking->rule.name_en},
                 {"名称", ranking->rule.name_zh},
                 {"scope", ranking->scope},
                 {"ranked by the value that is",
                  ranking->by_estimate ? "shrunken" : "raw"},
                 {"rows", rows},
                 {"position of the figures", position},
                 {"head of the journal", head},
                 {"programme.yaml (BLAKE2b-256)", rules},
                 {"dealers.csv (BLAKE2b-256)", dealers},
                 {"the same ranking as CSV (BLAKE2b-256)", csv},
                 {"made by", "dealerpulse-reporter " PROJECT_VERSION}};

    if (!csv_digest(ranking, csv))
        return false;
    snprintf(position, sizeof position, "%llu",
             (unsigned long long)ranking->position);
    snprintf(rows, sizeof rows, "%zu", ranking->row_count);
    hex(snapshot->facts.head, HASH_SIZE, head);
    hex(snapshot->book->programme_hash, HASH_SIZE, rules);
    hex(snapshot->book->dealers_hash, HASH_SIZE, dealers);
    lxw_worksheet *sheet = workbook_add_worksheet(writer->workbook, "About");
    worksheet_set_column(sheet, 0, 0, 40, NULL);
    worksheet_set_column(sheet, 1, 1, 70, NULL);
    for (lxw_row_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        text_cell(sheet, i, 0, facts[i].name, writer->formats.strong);
        text_cell(sheet, i, 1, facts[i].text, NULL);
    }
    return true;
}

// read_all copies what was written to fd.
static bool
read_all(int fd, struct buffer *file)
{
    struct stat stat;

    if (fstat(fd, &stat) || stat.st_size == 0)
        return false;
    void *bytes =
        mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    buffer_bytes(file, bytes, (size_t)stat.st_size);
    munmap(bytes, (size_t)stat.st_size);
    return !file->failed;
}

static bool
write_to(struct book_writer *writer, const char *path)
{
    writer->workbook = workbook_new(path);
    if (!writer->workbook)
        return false;
    make_formats(writer);
    ranking_sheet(writer);
    chart_sheet(writer);
    bool told = about_sheet(writer);
    return workbook_close(writer->workbook) == LXW_NO_ERROR && told;
}

// The library only writes to a name: one that leads into memory.
enum status
workbook_of_ranking(const struct ranking *ranking,
                    const struct snapshot *snapshot, struct buffer *file)
{
    struct book_writer writer = {.ranking = ranking, .snapshot = snapshot};
    char path[64];

    int fd = memfd_create("ranking.xlsx", MFD_CLOEXEC);
    if (fd < 0)
        return STATUS_SYSTEM;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    bool written = write_to(&writer, path) && read_all(fd, file);
    close(fd);
    return written ? STATUS_OK : STATUS_SYSTEM;
}
