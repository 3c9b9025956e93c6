// SPDX-License-Identifier: Apache-2.0
#include "aggregator/opening.h"

#include <stdlib.h>
#include <sysexits.h>

#include "aggregator/link.h"
#include "common/config/dealers.h"
#include "common/config/peers.h"
#include "common/config/programme.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum { FILE_MAX = 16 << 20 };

// The two files HQ writes, as bytes.
struct files {
    char *programme, *dealers;
    size_t programme_length, dealers_length;
};

static void
files_free(struct files *files)
{
    free(files->programme);
    free(files->dealers);
}

// files_read reads both and checks them before any data file is opened.
static enum status
files_read(struct files *files, const struct config *config,
           struct problems *problems)
{
    struct rulebook *rulebook = NULL;
    struct directory *directory = NULL;

    *files = (struct files){0};
    enum status status =
        file_take(config->programme, FILE_MAX, &files->programme,
                  &files->programme_length, problems);
    if (status == STATUS_OK)
        status = file_take(config->dealers, FILE_MAX, &files->dealers,
                           &files->dealers_length, problems);
    if (status == STATUS_OK)
        status =
            programme_read(span_of(files->programme, files->programme_length),
                           config->programme, &rulebook, problems);
    if (status == STATUS_OK)
        status = dealers_read(span_of(files->dealers, files->dealers_length),
                              config->dealers, &directory, problems);
    if (status == STATUS_OK &&
        !peers_check(rulebook, config->programme, directory, problems))
        status = STATUS_MALFORMED;
    programme_free(rulebook);
    dealers_free(directory);
    return status;
}

static int
exit_code_of(enum status status)
{
    switch (status) {
    case STATUS_MALFORMED:
        return EX_CONFIG;
    case STATUS_BUSY:
    case STATUS_UNAVAILABLE:
        return EX_UNAVAILABLE;
    case STATUS_CORRUPT:
        return EX_DATAERR;
    case STATUS_FULL:
        return EX_TEMPFAIL;
    case STATUS_OK:
    case STATUS_AGAIN:
    case STATUS_NOT_FOUND:
    case STATUS_STOPPED:
    case STATUS_SYSTEM:
        return EX_OSERR;
    }
    abort(); // every status is listed above
}

static void
log_report(const struct data *data, const struct data_report *report,
           int64_t took_ms)
{
    const struct journal_end *end = ledger_end(data->ledger);

    if (report->published_programme || report->published_dealers)
        log_info("config-published", "programme=%s dealers=%s",
                 report->published_programme ? "new" : "same",
                 report->published_dealers ? "new" : "same");
    if (report->refolded)
        log_notice("refolded", "reason=\"the rules of the fold had changed\"");
    log_info("recovered", "position=%llu events=%llu replayed=%llu ms=%lld",
             (unsigned long long)end->position, (unsigned long long)end->events,
             (unsigned long long)report->replayed, (long long)took_ms);
}

enum status
opening_data(struct data *data, const struct config *config, int *exit_code)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct files files;
    struct data_report report = {.step = "reading the configured files"};
    int64_t began = clock_steady_ms();

    if (!problems)
        return STATUS_SYSTEM;
    enum status status = files_read(&files, config, problems);
    if (status == STATUS_OK) {
        const struct data_options options = {
            .dir = config->aggregator.data,
            .journal_bytes = config->aggregator.journal_bytes,
            .state_bytes = config->aggregator.state_bytes,
            .checkpoint_events = config->aggregator.checkpoint_events,
            .checkpoint_ms = (int64_t)config->aggregator.checkpoint_ms,
            .credit = LINK_CREDIT,
            .programme = span_of(files.programme, files.programme_length),
            .dealers = span_of(files.dealers, files.dealers_length),
            .now = clock_wall_ms(),
        };
        status = data_open(data, &options, &report, problems);
    }
    if (status == STATUS_OK) {
        log_report(data, &report, clock_steady_ms() - began);
    } else {
        problems_print(problems);
        log_error(
            "start-failed", "data=%s while=\"%s\" reason=\"%s\" advice=\"%s\"",
            config->aggregator.data, report.step, status_text(status),
            status == STATUS_CORRUPT && report.advice ? report.advice : "");
        *exit_code = problems->count ? EX_CONFIG : exit_code_of(status);
    }
    files_free(&files);
    free(problems);
    return status;
}

enum status
opening_port(struct inbox **out, struct access *access, enum access_door door,
             const char *endpoint, int64_t max_bytes, int *exit_code)
{
    enum status status = access_inbox(access, out, door, endpoint, max_bytes,
                                      NULL, NULL, exit_code);
    if (status == STATUS_OK)
        log_info("listening", "endpoint=%s keys=%s", inbox_endpoint(*out),
                 access_has_keys(access) ? "on" : "off");
    return status;
}
