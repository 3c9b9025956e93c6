// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/runtime/clock.h"
#include "figures_support.h"
#include "reporter/gzip.h"
#include "reporter/http.h"

enum { REPLY_MAX = 1 << 20 };

static const char dealers_text[] = "id,name,region,brand\n"
                                   "A,<img src=x onerror=alert(1)>,north,X\n"
                                   "B,\"=cmd|' /C calc'!A0\",north,X\n"
                                   "C,\xe5\xbc\xa0\xe4\xb8\x89,south,Y\n";

struct stage {
    struct counters counters;
    struct site site;
    struct request request;
    struct response response;
};

static struct tally_table *
small_table(void)
{
    struct tally_table *table = tally_table_alloc();

    table->position = 42;
    row(table, "A", OCTOBER);
    for (uint32_t item = 4; item <= 6; item++)
        answers(table, item, 10, 40);
    row(table, "B", OCTOBER);
    for (uint32_t item = 4; item <= 6; item++)
        answers(table, item, 5, 40);
    tally_table_seal(table);
    return table;
}

// give_snapshot puts something to show on the shelf.
static void
give_snapshot(struct stage *stage, uint64_t position)
{
    struct problems problems = {0};
    struct store_facts facts = {.incarnation = 1, .events = 80};
    struct book *book = calloc(1, sizeof *book);
    struct tally_table *table = small_table();

    atomic_init(&book->holders, 1);
    assert_int_equal(programme_load(SAMPLE_DIR "/ecsi/programme.yaml",
                                    &book->rulebook, &problems),
                     STATUS_OK);
    assert_int_equal(dealers_read(span_text(dealers_text), "dealers.csv",
                                  &book->directory, &problems),
                     STATUS_OK);
    table->position = position;
    struct snapshot *snapshot = snapshot_alloc(book, table, &facts);
    assert_non_null(snapshot);
    shelf_put(stage->site.shelf, snapshot);
    stage->counters.answered_steady_ms = 1000;
    stage->counters.snapshot_steady_ms = 1000;
}

static int
begin(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    stage->site =
        (struct site){.shelf = shelf_open(), .counters = &stage->counters};
    stage->request = (struct request){.wall_ms = NOVEMBER_5, .steady_ms = 2000};
    assert_non_null(stage->site.shelf);
    *state = stage;
    return 0;
}

static int
begin_with_figures(void **state)
{
    begin(state);
    give_snapshot(*state, 42);
    return 0;
}

static int
end(void **state)
{
    struct stage *stage = *state;

    response_fini(&stage->response);
    shelf_close(stage->site.shelf);
    free(stage);
    return 0;
}

// get asks for a target and returns the status.
static unsigned
get(struct stage *stage, const char *target)
{
    response_fini(&stage->response);
    site_answer(&stage->site, target, &stage->request, &stage->response);
    return stage->response.status;
}

static json_t *
body_json(struct stage *stage)
{
    json_error_t error;
    json_t *json = json_loadb(stage->response.body, stage->response.length,
                              JSON_REJECT_DUPLICATES, &error);
    assert_non_null(json);
    return json;
}

// assert_problem asks for what cannot be answered.
static void
assert_problem(struct stage *stage, const char *target, unsigned status,
               const char *sentence)
{
    assert_int_equal(get(stage, target), status);
    assert_string_equal(stage->response.type, "application/problem+json");
    json_t *json = body_json(stage);
    assert_int_equal(json_integer_value(json_object_get(json, "status")),
                     status);
    const char *detail = json_string_value(json_object_get(json, "detail"));
    assert_non_null(detail);
    if (!strstr(detail, sentence))
        fail_msg("%s: \"%s\" does not say \"%s\"", target, detail, sentence);
    json_decref(json);
}

// --- Routes ------------------------------------------------------------------

static void
before_the_first_figures_it_lives_but_is_not_ready(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/livez"), 200);
    assert_problem(stage, "/readyz", 503, "no figures have come");
    assert_problem(stage, "/api/v1/rankings", 503, "no figures have come");
    assert_int_equal(stage->response.retry_after_s, 1);
    assert_int_equal(get(stage, "/"), 200);
    assert_int_equal(get(stage, "/metrics"), 200);
    assert_int_equal(get(stage, "/api/v1/health"), 200);
    json_t *json = body_json(stage);
    assert_true(json_is_null(json_object_get(json, "snapshot_age_ms")));
    json_decref(json);
}

static void
ready_means_an_answer_within_ten_seconds(void **state)
{
    struct stage *stage = *state;

    stage->request.steady_ms = 1000 + 10000;
    assert_int_equal(get(stage, "/readyz"), 200);
    stage->request.steady_ms += 1;
    assert_problem(stage, "/readyz", 503, "has not answered");
    assert_int_equal(get(stage, "/api/v1/rankings"), 200); // the last ones
}

static void
ready_means_that_what_is_committed_shows_within_a_minute(void **state)
{
    struct stage *stage = *state;

    stage->counters.unfolded_ms = 60000;
    assert_int_equal(get(stage, "/readyz"), 200);
    stage->counters.unfolded_ms = 60001;
    assert_problem(stage, "/readyz", 503, "no figure shows yet");
    assert_int_equal(get(stage, "/api/v1/rankings"), 200);
}

static void
a_ranking_is_served_as_json_and_csv(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/rankings?kpi=csi&period=2026-10"),
                     200);
    json_t *json = body_json(stage);
    json_t *rows = json_object_get(json, "rows");
    assert_int_equal(json_array_size(rows), 3);
    json_t *first = json_array_get(rows, 0);
    assert_string_equal(json_string_value(json_object_get(first, "dealer")),
                        "A");
    assert_string_equal(json_string_value(json_object_get(first, "value")),
                        "100.000000");
    assert_string_equal(json_string_value(json_object_get(first, "name")),
                        "<img src=x onerror=alert(1)>");
    json_decref(json);

    assert_int_equal(get(stage, "/api/v1/rankings?format=csv"), 200);
    assert_string_equal(stage->response.type,
                        "text/csv; charset=utf-8; header=present");
    assert_string_equal(stage->response.filename, "ranking-csi-2026-10.csv");
    assert_non_null(strstr(stage->response.body, "\"'=cmd|"));
}

static void
the_scope_may_be_in_any_script(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/rankings?scope=region%3asouth"), 200);
    json_t *json = body_json(stage);
    json_t *row = json_array_get(json_object_get(json, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "name")),
                        "\xe5\xbc\xa0\xe4\xb8\x89");
    json_decref(json);
    assert_problem(stage, "/api/v1/rankings?scope=region:%E5%8D%8E", 404,
                   "\xe5\x8d\x8e");
}

static void
lists_say_what_can_be_asked(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/periods"), 200);
    json_t *json = body_json(stage);
    assert_string_equal(json_string_value(json_object_get(json, "default")),
                        "2026-10");
    const json_t *newest = json_array_get(json_object_get(json, "periods"), 0);
    assert_non_null(json_object_get(newest, "state"));
    assert_int_equal(
        json_integer_value(json_object_get(newest, "provisional_ms")),
        json_integer_value(json_object_get(newest, "end_ms")) + 10LL * DAY_MS);
    json_decref(json);

    assert_int_equal(get(stage, "/api/v1/kpis"), 200);
    json = body_json(stage);
    assert_true(json_array_size(json_object_get(json, "kpis")) > 24);
    json_decref(json);

    assert_int_equal(get(stage, "/api/v1/scopes"), 200);
    json = body_json(stage);
    assert_int_equal(json_array_size(json_object_get(json, "scopes")), 5);
    json_decref(json);

    assert_int_equal(get(stage, "/api/v1/dealers"), 200);
    json = body_json(stage);
    json_t *dealers = json_object_get(json, "dealers");
    assert_int_equal(json_array_size(dealers), 3);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(dealers, 2), "region")),
                        "south");
    json_decref(json);
}

static void
a_ranking_is_served_as_a_workbook(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/rankings?format=xlsx"), 200);
    assert_true(stage->response.length > 4000);
    assert_true(stage->response.is_file);
    char begin[4] = "";
    assert_int_equal(pread(stage->response.fd, begin, sizeof begin, 0), 4);
    assert_memory_equal(begin, "PK\3\4", 4);
    assert_string_equal(stage->response.filename, "ranking-csi-2026-10.xlsx");
}

static void
an_answer_is_kept_until_figures_change(void **state)
{
    struct stage *stage = *state;
    static const char target[] = "/api/v1/rankings?kpi=csi&limit=1";

    assert_int_equal(get(stage, target), 200);
    char *first = strdup(stage->response.body);
    assert_int_equal(get(stage, target), 200);
    assert_string_equal(stage->response.body, first);
    assert_non_null(strstr(first, "\"position\":42"));
    free(first);
    stage->request.if_none_match = strdup(stage->response.etag);
    assert_int_equal(get(stage, target), 304);
    give_snapshot(stage, 43);
    assert_int_equal(get(stage, target), 200);
    assert_non_null(strstr(stage->response.body, "\"position\":43"));
    free((char *)(uintptr_t)stage->request.if_none_match);
    stage->request.if_none_match = NULL;
}

static void
what_may_take_long_is_told_by_its_address(void **state)
{
    (void)state;
    assert_true(site_is_long("/api/v1/exports/kpis"));
    assert_true(site_is_long("/api/v1/dealers/A/export?format=csv"));
    assert_false(site_is_long("/api/v1/dealers/A"));
    assert_true(site_is_long("/api/v1/rankings?kpi=csi&format=xlsx"));
    assert_false(site_is_long("/api/v1/rankings?format=csv"));
    assert_false(site_is_long("/api/v1/rankings"));
    assert_false(site_is_long("/%"));
}

// read_file gives the body of a file, to be freed.
static char *
read_file(const struct response *response)
{
    char *text = calloc(1, response->length + 1);

    assert_non_null(text);
    assert_true(response->is_file);
    assert_int_equal(pread(response->fd, text, response->length, 0),
                     response->length);
    return text;
}

static void
an_export_has_the_cells_of_the_ranking(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/rankings?format=csv"), 200);
    char *ranking = strdup(stage->response.body);
    assert_int_equal(get(stage, "/api/v1/exports/ranking"), 200);
    char *exported = read_file(&stage->response);
    assert_string_equal(exported, ranking);
    free(exported);
    free(ranking);

    assert_int_equal(get(stage, "/api/v1/exports/kpis?format=json"), 200);
    exported = read_file(&stage->response);
    json_t *json = json_loads(exported, 0, NULL);
    assert_non_null(json);
    json_t *total =
        json_array_get(json_object_get(json, "rows"),
                       json_array_size(json_object_get(json, "rows")) - 1);
    assert_string_equal(json_string_value(json_object_get(total, "dealer")),
                        "TOTAL");
    assert_true(json_is_string(json_object_get(
        json_object_get(json, "about"), "the same as CSV (BLAKE2b-256)")));
    json_decref(json);
    free(exported);
}

static void
what_cannot_be_exported_is_a_sentence(void **state)
{
    struct stage *stage = *state;

    assert_problem(stage, "/api/v1/exports/kpis?format=pdf", 400,
                   "csv, json or xlsx");
    assert_problem(stage, "/api/v1/dealers/Z/export", 404,
                   "no dealer of this id");
    assert_problem(stage, "/api/v1/exports/dealer", 404, "nothing at this");
    assert_problem(stage, "/api/v1/exports/all", 404, "nothing at this");
    assert_problem(stage, "/api/v1/exports/kpis?dealer=A", 400, "no parameter");
}

static void
a_dealer_has_a_scorecard(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/dealers/C?period=2026-10"), 200);
    json_t *json = body_json(stage);
    assert_string_equal(json_string_value(json_object_get(json, "name")),
                        "\xe5\xbc\xa0\xe4\xb8\x89");
    assert_int_equal(json_array_size(json_object_get(json, "months")), 13);
    assert_true(json_array_size(json_object_get(json, "kpis")) > 24);
    json_decref(json);
    assert_problem(stage, "/api/v1/dealers/Z", 404, "no dealer of this id");
    assert_problem(stage, "/api/v1/dealers/", 404, "nothing at this address");
    assert_problem(stage, "/api/v1/dealers/A/b", 404, "nothing at this");
    assert_problem(stage, "/api/v1/dealers//statement", 404, "nothing at this");
    assert_problem(stage, "/api/v1/dealers/A/statement/", 404,
                   "nothing at this");
    assert_problem(stage, "/api/v1/dealers/A/statement?scope=nation", 400,
                   "no parameter");
    assert_problem(stage, "/api/v1/dealers/A?kpi=csi", 400, "no parameter");
}

static void
what_cannot_be_answered_is_a_sentence(void **state)
{
    struct stage *stage = *state;

    assert_problem(stage, "/nothing", 404, "nothing at this address");
    assert_problem(stage, "/api/v1/rankings/", 404, "nothing at this address");
    assert_problem(stage, "/api/v1/rankings?kpi=cxi", 404, "no KPI \"cxi\"");
    assert_problem(stage, "/api/v1/rankings?period=october", 400,
                   "not a period");
    assert_problem(stage, "/api/v1/rankings?period=2030-01", 404,
                   "no data for period");
    assert_problem(stage, "/api/v1/rankings?scope=moon", 400, "not a scope");
    assert_problem(stage, "/api/v1/rankings?format=pdf", 400,
                   "json, csv, xlsx or table");
    assert_problem(stage, "/api/v1/rankings?kpj=csi", 400,
                   "no parameter \"kpj\" here; it takes period, kpi, scope, "
                   "format");
    assert_problem(stage, "/livez?verbose=1", 400, "it takes none");
    assert_problem(stage, "/api/v1/rankings?kpi=csi&kpi=nps", 400, "twice");
}

static void
a_target_is_decoded_within_bounds(void **state)
{
    struct stage *stage = *state;
    char raw[TARGET_MAX + 64];

    assert_problem(stage, "/api/v1/rankings?kpi=%", 400, "two hex digits");
    assert_problem(stage, "/api/v1/rankings?kpi=%4", 400, "two hex digits");
    assert_problem(stage, "/api/v1/rankings?kpi=%zz", 400, "two hex digits");
    assert_problem(stage, "/livez%00", 400, "control character");
    assert_problem(stage, "/api/v1/rankings?kpi=a%0d%0ab", 400, "control");
    assert_problem(stage, "http://x/livez", 400, "must begin with /");
    assert_problem(stage, "", 400, "must begin with /");
    assert_problem(stage, "/../../etc/passwd", 404, "nothing at this address");
    assert_problem(stage, "/%2e%2e/page.js", 404, "nothing at this address");

    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    raw[sizeof raw - 1] = 0;
    assert_problem(stage, raw, 400, "too long");
    raw[TARGET_PATH_MAX + 1] = 0;
    assert_problem(stage, raw, 400, "too long");
    assert_problem(stage, "/livez?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1", 400,
                   "too many parameters");
    assert_int_equal(get(stage, "/livez?"), 200);
    assert_int_equal(get(stage, "/%6Civez"), 200);
}

static void
no_target_makes_it_fail(void **state)
{
    struct stage *stage = *state;
    static const char alphabet[] =
        "/%?&=#+.:-_ab019\xff\x80\xe4\xb8\xad\x01\t\"'<>\\;";
    static const char *const starts[] = {
        "", "/", "/api/v1/rankings?",
        "/api/v1/rankings?period=", "/api/v1/rankings?scope=region:"};
    unsigned seed = 20261105;

    for (int i = 0; i < 20000; i++) {
        char raw[96];
        strcpy(raw, starts[rand_r(&seed) % 5]);
        size_t length = strlen(raw);
        size_t more = (size_t)rand_r(&seed) % 40;
        for (size_t j = 0; j < more; j++)
            raw[length++] =
                alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
        raw[length] = 0;
        unsigned status = get(stage, raw);
        assert_true(status == 200 || status == 400 || status == 404);
        if (status != 200)
            json_decref(body_json(stage));
    }
}

static void
an_unchanged_answer_is_not_sent_twice(void **state)
{
    struct stage *stage = *state;
    char etag[ETAG_MAX], list[ETAG_MAX + 32];

    assert_int_equal(get(stage, "/api/v1/rankings"), 200);
    strcpy(etag, stage->response.etag);
    assert_true(etag[0] == '"');
    snprintf(list, sizeof list, "\"other\", W/%s", etag);
    stage->request.if_none_match = list;
    assert_int_equal(get(stage, "/api/v1/rankings"), 304);
    assert_int_equal(stage->response.length, 0);
    assert_string_equal(stage->response.etag, etag);

    // Whatever could change a figure changes the tag: the position ...
    give_snapshot(stage, 43);
    assert_int_equal(get(stage, "/api/v1/rankings"), 200);
    // ... and a month that closes.
    strcpy(etag, stage->response.etag);
    stage->request.if_none_match = etag;
    assert_int_equal(get(stage, "/api/v1/rankings"), 304);
    stage->request.wall_ms += 10LL * DAY_MS;
    assert_int_equal(get(stage, "/api/v1/rankings"), 200);
}

static void
a_page_of_a_ranking_says_what_it_is_a_part_of(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(get(stage, "/api/v1/rankings?limit=1&offset=1"), 200);
    json_t *json = body_json(stage);
    json_t *page = json_object_get(json, "page");
    json_t *rows = json_object_get(json, "rows");
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(rows, 0), "dealer")),
        "B");
    assert_int_equal(json_integer_value(json_object_get(page, "found")), 3);
    assert_int_equal(json_integer_value(json_object_get(page, "ranked")), 2);
    assert_string_equal(json_string_value(json_object_get(page, "high")),
                        "100.000000");
    json_decref(json);
    assert_int_equal(get(stage, "/api/v1/rankings?offset=3"), 200);
    json = body_json(stage);
    assert_int_equal(json_array_size(json_object_get(json, "rows")), 0);
    json_decref(json);
    assert_problem(stage, "/api/v1/rankings?limit=0", 400, "from 1 to 100000");
    assert_problem(stage, "/api/v1/rankings?offset=-1", 400, "from 0 to");
    assert_problem(stage, "/api/v1/rankings?offset=99999999999999999999", 400,
                   "from 0 to");
}

static void
gzip_is_for_those_who_name_it(void **state)
{
    static const char *const yes[] = {
        "gzip", "br, gzip",          "GZIP;q=0.1",
        "*",    "gzip ; q=1, *;q=0", "*;q=0,gzip"};
    static const char *const no[] = {
        "",      "br",          "gzip;q=0", "gzip; q=0.000",
        "*;q=0", "gzip;q=0, *", "gzipx",    ",;,"};

    (void)state;
    assert_false(gzip_accepted(NULL));
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(gzip_accepted(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(gzip_accepted(no[i]));
}

static void
metrics_are_prometheus_text(void **state)
{
    struct stage *stage = *state;
    size_t samples = 0;

    assert_int_equal(get(stage, "/metrics"), 200);
    const char *text = stage->response.body;
    assert_non_null(strstr(text, "dealerpulse_build_info{program="));
    assert_non_null(strstr(text, "\ndealerpulse_reporter_ready 1\n"));
    assert_non_null(strstr(text, "\ndealerpulse_reporter_position 42\n"));
    assert_non_null(
        strstr(text, "\ndealerpulse_reporter_answer_age_seconds 1.000\n"));
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        char name[128], value[64];
        if (*at == '#')
            continue;
        assert_int_equal(sscanf(at, "%127s %63s\n", name, value), 2);
        assert_memory_equal(name, "dealerpulse_", 12);
        samples += 1;
    }
    assert_true(samples > 15);
}

static void
only_names_of_this_machine_are_served(void **state)
{
    (void)state;
    static const char *const good[] = {
        "localhost",       "LOCALHOST:8080",
        "127.0.0.1",       "127.0.0.1:1",
        "[::1]",           "[::1]:8080",
        "reports.example", "Reports.Example:443"};
    static const char *const bad[] = {
        "",           "evil.example",  "localhost.evil.example",
        "127.0.0.2",  "localhost:80x", "localhost:",
        "[::1",       "[::1]x",        "::1:1",
        "127.0.0.1 ", "10.1.2.3:8080", "localhost:80:80"};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(host_allowed(good[i], "reports.example", false));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(host_allowed(bad[i], "reports.example", false));
    assert_false(host_allowed(NULL, "reports.example", true));
    // Bound to every address, an address is as good as a name; a name is not.
    assert_true(host_allowed("10.1.2.3:8080", "0.0.0.0", true));
    assert_true(host_allowed("[2001:db8::1]", "::", true));
    assert_false(host_allowed("evil.example", "0.0.0.0", true));
}

// --- On a socket -------------------------------------------------------------

static int
connect_to(uint16_t port)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons(port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

// talk sends raw bytes and returns all that comes back until the end.
static char *
talk(uint16_t port, const char *bytes)
{
    char *reply = calloc(1, REPLY_MAX);
    size_t used = 0;
    int fd = connect_to(port);

    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL),
                     strlen(bytes));
    for (ssize_t got; used < REPLY_MAX - 1; used += (size_t)got) {
        got = recv(fd, reply + used, REPLY_MAX - 1 - used, 0);
        if (got <= 0)
            break;
    }
    close(fd);
    return reply;
}

static void
assert_reply(uint16_t port, const char *bytes, const char *first_line,
             const char *holds)
{
    char *reply = talk(port, bytes);

    if (strncmp(reply, first_line, strlen(first_line)) != 0 ||
        !strstr(reply, holds))
        fail_msg("to %.60s came: %.400s", bytes, reply);
    free(reply);
}

static struct http *
open_http(struct stage *stage)
{
    char problem[HTTP_PROBLEM_MAX];
    struct http *http;

    assert_int_equal(
        http_open(&http, &stage->site, "127.0.0.1:0", NULL, problem),
        STATUS_OK);
    assert_true(http_port(http) != 0);
    assert_true(http_is_local(http));
    return http;
}

#define ASK(method, target, host)                                              \
    method " " target " HTTP/1.1\r\nHost: " host "\r\nConnection: "            \
           "close\r\n\r\n"

static void
every_answer_carries_the_headers_that_keep_browsers_safe(void **state)
{
    struct http *http = open_http(*state);
    static const char *const targets[] = {
        ASK("GET", "/", "localhost"),
        ASK("GET", "/page.js", "localhost"),
        ASK("GET", "/api/v1/rankings", "127.0.0.1"),
        ASK("GET", "/nothing", "localhost"),
        ASK("GET", "/", "evil.example"),
        ASK("DELETE", "/", "localhost")};
    static const char *const headers[] = {
        "Content-Security-Policy: default-src 'none'; script-src 'self'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
        "frame-ancestors 'none'"};

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        for (size_t j = 0; j < sizeof headers / sizeof *headers; j++)
            assert_reply(http_port(http), targets[i], "HTTP/1.1 ", headers[j]);
    http_close(http);
}

static void
it_is_only_read_and_only_under_its_own_name(void **state)
{
    struct http *http = open_http(*state);
    uint16_t port = http_port(http);

    assert_reply(port, ASK("POST", "/api/v1/rankings", "localhost"),
                 "HTTP/1.1 405 ", "Allow: GET, HEAD");
    assert_reply(port,
                 "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                 "Connection: close\r\n\r\nhello",
                 "HTTP/1.1 405 ", "application/problem+json");
    assert_reply(port, ASK("GET", "/livez", "evil.example"), "HTTP/1.1 421 ",
                 "another name");
    assert_reply(port, ASK("GET", "/livez?a=%zz", "localhost"), "HTTP/1.1 400 ",
                 "two hex digits");
    http_close(http);
}

static void
head_is_get_without_the_body(void **state)
{
    struct http *http = open_http(*state);

    char *reply = talk(http_port(http), ASK("HEAD", "/style.css", "localhost"));
    assert_memory_equal(reply, "HTTP/1.1 200 ", 13);
    char *end = strstr(reply, "\r\n\r\n");
    assert_non_null(end);
    assert_int_equal(end[4], 0);
    assert_non_null(strstr(reply, "Content-Type: text/css"));
    assert_null(strstr(reply, "Content-Length: 0\r"));
    free(reply);
    http_close(http);
}

static void
garbage_on_the_wire_does_not_disturb_others(void **state)
{
    struct stage *stage = *state;
    struct http *http = open_http(stage);
    uint16_t port = http_port(http);
    static const char *const garbage[] = {
        "\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"};

    int mute = connect_to(port); // never says a word
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        int fd = connect_to(port);
        assert_true(send(fd, garbage[i], strlen(garbage[i]), MSG_NOSIGNAL) > 0);
        close(fd);
    }
    char *huge = malloc(70000);
    memset(huge, 'a', 69999);
    huge[69999] = 0;
    memcpy(huge, "GET /", 5);
    int fd = connect_to(port);
    (void)!send(fd, huge, 69999, MSG_NOSIGNAL);
    close(fd);
    free(huge);
    assert_reply(port, ASK("GET", "/livez", "localhost"), "HTTP/1.1 200 ",
                 "alive");
    assert_true(stage->counters.http_2xx >= 1);
    close(mute);
    http_close(http);
}

struct reader {
    uint16_t port;
    pthread_t thread;
};

enum { READERS = 4, READINGS = 40 };

// read_rankings reads over and over; every ranking must be one of those that
// were shown, whole.
static void *
read_rankings(void *closure)
{
    const struct reader *reader = closure;

    for (int i = 0; i < READINGS; i++) {
        char *reply =
            talk(reader->port, ASK("GET", "/api/v1/rankings", "localhost"));
        char *body = strstr(reply, "\r\n\r\n");
        json_error_t error;
        json_t *json = body ? json_loads(body + 4, 0, &error) : NULL;
        bool whole =
            json && json_array_size(json_object_get(json, "rows")) == 3;
        json_decref(json);
        free(reply);
        if (!whole)
            return closure;
    }
    return NULL;
}

static void
figures_may_change_while_they_are_read(void **state)
{
    struct stage *stage = *state;
    struct http *http = open_http(stage);
    struct reader readers[READERS];

    for (int i = 0; i < READERS; i++) {
        readers[i].port = http_port(http);
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_rankings,
                                        &readers[i]),
                         0);
    }
    for (uint64_t position = 43; position < 143; position++)
        give_snapshot(stage, position);
    for (int i = 0; i < READERS; i++) {
        void *failed;
        pthread_join(readers[i].thread, &failed);
        assert_null(failed);
    }
    assert_int_equal(stage->counters.http_2xx, READERS * READINGS);
    http_close(http);
}

static void
a_taken_port_is_named(void **state)
{
    struct stage *stage = *state;
    struct http *http = open_http(stage), *second;
    char problem[HTTP_PROBLEM_MAX], address[32];

    snprintf(address, sizeof address, "127.0.0.1:%u", http_port(http));
    assert_int_equal(http_open(&second, &stage->site, address, NULL, problem),
                     STATUS_BUSY);
    assert_non_null(strstr(problem, address));
    http_close(http);
}

static void
what_is_no_address_is_refused(void **state)
{
    struct stage *stage = *state;
    struct http *http;
    static const char *const bad[] = {"",
                                      "8080",
                                      "127.0.0.1",
                                      ":8080",
                                      "127.0.0.1:",
                                      "127.0.0.1:99999",
                                      "127.0.0.1:80x",
                                      "::1:80",
                                      "[::1:80"};
    char problem[HTTP_PROBLEM_MAX];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(http_open(&http, &stage->site, bad[i], NULL, problem),
                         STATUS_MALFORMED);
}

#define WITH(setup, test) cmocka_unit_test_setup_teardown(test, setup, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(begin, before_the_first_figures_it_lives_but_is_not_ready),
        WITH(begin_with_figures, ready_means_an_answer_within_ten_seconds),
        WITH(begin_with_figures,
             ready_means_that_what_is_committed_shows_within_a_minute),
        WITH(begin_with_figures, a_ranking_is_served_as_json_and_csv),
        WITH(begin_with_figures, the_scope_may_be_in_any_script),
        WITH(begin_with_figures, lists_say_what_can_be_asked),
        WITH(begin_with_figures, a_ranking_is_served_as_a_workbook),
        WITH(begin_with_figures, an_answer_is_kept_until_figures_change),
        cmocka_unit_test(what_may_take_long_is_told_by_its_address),
        WITH(begin_with_figures, an_export_has_the_cells_of_the_ranking),
        WITH(begin_with_figures, what_cannot_be_exported_is_a_sentence),
        WITH(begin_with_figures, a_dealer_has_a_scorecard),
        WITH(begin_with_figures, what_cannot_be_answered_is_a_sentence),
        WITH(begin_with_figures, a_target_is_decoded_within_bounds),
        WITH(begin_with_figures, no_target_makes_it_fail),
        WITH(begin_with_figures, an_unchanged_answer_is_not_sent_twice),
        WITH(begin_with_figures, a_page_of_a_ranking_says_what_it_is_a_part_of),
        WITH(begin, gzip_is_for_those_who_name_it),
        WITH(begin_with_figures, metrics_are_prometheus_text),
        WITH(begin, only_names_of_this_machine_are_served),
        WITH(begin_with_figures,
             every_answer_carries_the_headers_that_keep_browsers_safe),
        WITH(begin_with_figures, it_is_only_read_and_only_under_its_own_name),
        WITH(begin_with_figures, head_is_get_without_the_body),
        WITH(begin_with_figures, garbage_on_the_wire_does_not_disturb_others),
        WITH(begin_with_figures, figures_may_change_while_they_are_read),
        WITH(begin, a_taken_port_is_named),
        WITH(begin, what_is_no_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
