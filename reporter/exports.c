// SPDX-License-Identifier: Apache-2.0
#include "reporter/exports.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// goes_on stops a file nobody will get.
static bool
goes_on(void *context, size_t done, size_t of)
{
    const struct request *request = context;

    (void)done;
    (void)of;
    return !request->stop || !atomic_load(request->stop);
}

// write_file makes the file without a name; -1: no room for it.
static int
write_file(const struct export *export, enum export_format format,
           const struct request *request)
{
    const struct export_watch watch = {.step = goes_on,
                                       .context = (void *)(uintptr_t)request};
    FILE *file = tmpfile();
    int fd = file ? dup(fileno(file)) : -1;

    if (file)
        fclose(file);
    if (fd >= 0 && export_write(export, format, fd, &watch) != STATUS_OK) {
        close(fd);
        return -1;
    }
    return fd;
}

static void
give_up(struct response *response, enum status status)
{
    if (status == STATUS_NOT_FOUND)
        response_problem(response, 404, no_dealer_sentence);
    else if (status == STATUS_MALFORMED)
        response_problem(response, 404, no_rebate_sentence);
    else
        response_problem(response, 500,
                         status == STATUS_FULL
                             ? "a sum in this window leaves 64 bits"
                             : "out of memory");
}

void
exports_give(const struct snapshot *snapshot, const struct selected *selected,
             const struct request *request, enum export_kind kind,
             enum export_format format, const char *dealer,
             struct response *response)
{
    const struct trace_source source =
        book_source(snapshot->book, &snapshot->facts);
    struct export *export;

    enum status status = export_open(&export, kind, &selected->material,
                                     &selected->selection, &source, dealer);
    if (status != STATUS_OK) {
        give_up(response, status);
        return;
    }
    int fd = write_file(export, format, request);
    if (fd >= 0) {
        response_file(response, export_media_type(format), fd);
        export_name(export, format, response->filename);
    } else {
        response_problem(response, 500,
                         "no room for the file; is the disk of the temporary "
                         "files full?");
    }
    export_close(export);
}

static void
answer(const struct site *site, const struct target *target,
       const struct request *request, enum export_kind kind, const char *dealer,
       struct response *response)
{
    struct selected selected = {.period = target_param(target, "period"),
                                .kpi = target_param(target, "kpi"),
                                .scope = target_param(target, "scope")};
    const char *wanted = target_param(target, "format");
    enum export_format format = EXPORT_CSV;

    if (wanted && !export_format_of(wanted, &format)) {
        response_problem(response, 400, "format is csv, json or xlsx");
        return;
    }
    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    exports_give(snapshot, &selected, request, kind, format, dealer, response);
    snapshot_drop(snapshot);
}

void
exports_ranking(const struct site *site, const struct target *target,
                const struct request *request, struct response *response)
{
    answer(site, target, request, EXPORT_RANKING, NULL, response);
}

void
exports_kpis(const struct site *site, const struct target *target,
             const struct request *request, struct response *response)
{
    answer(site, target, request, EXPORT_KPIS, NULL, response);
}

void
exports_dealer(const struct site *site, const struct target *target,
               const struct request *request, struct response *response)
{
    char dealer[TARGET_PATH_MAX];
    const char *id = target->path + strlen("/api/v1/dealers/");

    snprintf(dealer, sizeof dealer, "%.*s", (int)strcspn(id, "/"), id);
    answer(site, target, request, EXPORT_DEALER, dealer, response);
}

void
exports_statements(const struct site *site, const struct target *target,
                   const struct request *request, struct response *response)
{
    answer(site, target, request, EXPORT_STATEMENTS, NULL, response);
}
