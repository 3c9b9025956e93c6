// SPDX-License-Identifier: Apache-2.0
//
// export: figures as a file for somebody else's program: CSV, JSON or an Excel
// workbook, of any size.
//
// All three hold the same cells of the same grid.  A workbook's and a JSON
// file's imprint has the BLAKE2b-256 of the CSV file, so that one can be held
// against the other.
#pragma once

#include "client/matrix.h"
#include "client/ranking_grid.h"
#include "client/scorecard_grid.h"
#include "client/scores_grid.h"
#include "client/trace.h"
#include "client/xlsx.h"

enum export_kind {
    EXPORT_RANKING,    // the selection's KPI of every dealer
    EXPORT_KPIS,       // every KPI of every dealer
    EXPORT_DEALER,     // every KPI of one dealer, and its months
    EXPORT_STATEMENTS, // where every dealer stands in the rebate
};

enum export_format { EXPORT_CSV, EXPORT_JSON, EXPORT_XLSX };

enum { EXPORT_NAME_MAX = 128 };

// export_kind_of reads "ranking", "kpis", "dealer" or "statements",
// export_format_of "csv", "json" or "xlsx".
bool export_kind_of(const char *name, enum export_kind *kind);
bool export_format_of(const char *name, enum export_format *format);
const char *export_media_type(enum export_format format);

struct export
{
    enum export_kind kind;
    const struct selection *selection;
    const struct grid *grid;
    struct xlsx_chart chart;
    struct imprint imprint; // but for the checksum
    // One of these, by kind.
    struct figures *figures;
    struct ranking *ranking;
    struct ranking_grid ranking_grid;
    struct matrix *matrix;
    struct scorecard *scorecard;
    struct scorecard_grid scorecard_grid;
    struct scores *scores;
    struct scores_grid scores_grid;
};

// export_open computes what is to be written.  Everything is lent and must
// outlive it; the dealer is for EXPORT_DEALER, else NULL.  STATUS_NOT_FOUND:
// no such dealer; STATUS_MALFORMED: statements, but the rulebook has no rebate;
// STATUS_FULL, STATUS_SYSTEM: as figures_open.
MUST_USE enum status export_open(struct export **out, enum export_kind kind,
                                 const struct material *material,
                                 const struct selection *selection,
                                 const struct trace_source *source,
                                 const char *dealer);
void export_close(struct export *export); // NULL is fine

// export_name proposes a file name without anything a file system minds.
void export_name(const struct export *export, enum export_format format,
                 char name[EXPORT_NAME_MAX]);

// Who wants to know how far it is; `step` false: stop.
struct export_watch {
    bool (*step)(void *context, size_t done, size_t of);
    void *context;
};

// export_write writes the file to an open descriptor, which stays open; a
// workbook needs one that can be opened again through /proc.  STATUS_STOPPED:
// the watch said so; STATUS_SYSTEM: it cannot be written, see errno, or no
// memory.  watch: NULL, nobody.
MUST_USE enum status export_write(const struct export *export,
                                  enum export_format format, int fd,
                                  const struct export_watch *watch);
