// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"
#include "common/config/endpoint.h"
#include "common/config/when.h"
#include "common/domain/event.h"
#include "tests/support/problems.h"

static const int64_t hour_ms = 3600000;

static enum status
read_text(const char *text, struct config *config, struct problems *problems)
{
    *problems = (struct problems){0};
    return config_read(span_text(text), "etc/d.yaml", config, problems);
}

static void
without_a_file_everything_has_its_default(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(config_load(NULL, &config, &problems), STATUS_OK);
    assert_string_equal(config.programme, "programme.yaml");
    assert_string_equal(config.dealers, "dealers.csv");
    assert_string_equal(config.aggregator.listen, "tcp://127.0.0.1:7071");
    assert_string_equal(config.aggregator.data, "/var/lib/dealerpulse");
    assert_int_equal(config.aggregator.journal_bytes, (uint64_t)1 << 40);
    assert_int_equal(config.aggregator.checkpoint_events, 400000);
    assert_string_equal(config.collector.name, "collector-1");
    assert_string_equal(config.collector.listen[0].advertise, "");
    assert_string_equal(config.keyring, "");
    assert_string_equal(config.console.queries, "tcp://127.0.0.1:7072");
    assert_int_equal(config.collector.credit, 4096);
    assert_string_equal(config.reporter.http, "127.0.0.1:8080");
    assert_int_equal(config.reporter.refresh_ms, 500);
    assert_string_equal(config.terminal.role, "dealer");
    assert_int_equal(config.terminal.dealer_count, 0);
    assert_int_equal(config.terminal.spool_bytes, 1 << 30);
    assert_int_equal(config.terminal.collector_count, 1);
    config_free(&config);
}

static void
the_documented_sample_says_the_defaults(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config sample, defaults;
    size_t length;
    char *text = sample_take("deploy/dealerpulse.yaml", &length);

    assert_int_equal(config_load(NULL, &defaults, &problems), STATUS_OK);
    enum status status =
        config_read(span_of(text, length), "d.yaml", &sample, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    assert_memory_equal(&sample.aggregator, &defaults.aggregator,
                        sizeof sample.aggregator);
    assert_memory_equal(&sample.collector, &defaults.collector,
                        sizeof sample.collector);
    assert_memory_equal(&sample.reporter, &defaults.reporter,
                        sizeof sample.reporter);
    assert_string_equal(sample.terminal.name, defaults.terminal.name);
    assert_string_equal(sample.terminal.spool, defaults.terminal.spool);
    assert_int_equal(sample.terminal.spool_bytes,
                     defaults.terminal.spool_bytes);
    config_free(&sample);
    free(text);
}

static void
paths_are_relative_to_the_file(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(read_text("programme: rules/p.yaml\n"
                               "aggregator: {data: /data}\n",
                               &config, &problems),
                     STATUS_OK);
    assert_string_equal(config.programme, "etc/rules/p.yaml");
    assert_string_equal(config.dealers, "etc/dealers.csv");
    assert_string_equal(config.aggregator.data, "/data");
    config_free(&config);
}

static void
sizes_and_times_are_read_with_and_without_units(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(read_text("aggregator: {journal_bytes: 64MiB, "
                               "state_bytes: 1048576, checkpoint_ms: 250}\n"
                               "reporter: {refresh_ms: 2s}\n",
                               &config, &problems),
                     STATUS_OK);
    assert_int_equal(config.aggregator.journal_bytes, 64 << 20);
    assert_int_equal(config.aggregator.state_bytes, 1 << 20);
    assert_int_equal(config.aggregator.checkpoint_ms, 250);
    assert_int_equal(config.reporter.refresh_ms, 2000);
    config_free(&config);
}

static void
a_terminal_speaks_for_its_dealers(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(read_text("terminal:\n"
                               "  dealers: [SH01, \"007\"]\n"
                               "  collectors: [tcp://127.0.0.1:1, ipc://x]\n",
                               &config, &problems),
                     STATUS_OK);
    assert_int_equal(config.terminal.dealer_count, 2);
    assert_string_equal(config.terminal.dealers[1], "007");
    assert_int_equal(config.terminal.collector_count, 2);
    assert_string_equal(config.terminal.collectors[1].endpoint, "ipc://x");
    config_free(&config);
}

#define KEY_A "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

static void
a_collector_listens_at_several_places_each_with_its_key(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(
        read_text("keyring: ring.csv\n"
                  "aggregator_key: \"" KEY_A "\"\n"
                  "collector:\n"
                  "  key: c.key\n"
                  "  listen:\n"
                  "    - tcp://0.0.0.0:7070\n"
                  "    - {endpoint: \"tcp://0.0.0.0:7080\", key: next.key,\n"
                  "       advertise: \"tcp://c.example:7080\"}\n",
                  &config, &problems),
        STATUS_OK);
    assert_string_equal(config.keyring, "etc/ring.csv");
    assert_int_equal(config.collector.listen_count, 2);
    assert_string_equal(config.collector.listen[0].key, "etc/c.key");
    assert_string_equal(config.collector.listen[1].key, "etc/next.key");
    assert_string_equal(config.collector.listen[1].advertise,
                        "tcp://c.example:7080");
    assert_true(config_has_keys(&config, CONFIG_COLLECTOR));
    assert_null(config_keys_problem(&config, CONFIG_COLLECTOR));
    config_free(&config);
}

// Keys on some links and not on others would be a hole nobody sees.
static void
keys_that_do_not_go_together_are_told(void **state)
{
    static const struct {
        const char *text;
        enum config_program program;
        const char *told;
    } cases[] = {
        {"keyring: r\n", CONFIG_AGGREGATOR, "its own secret key"},
        {"keyring: r\n", CONFIG_TERMINAL, NULL},
        {"aggregator: {key: k}\n", CONFIG_AGGREGATOR, "no keyring"},
        {"keyring: r\naggregator: {key: k}\n", CONFIG_AGGREGATOR, NULL},
        {"keyring: r\ncollector: {key: k}\n", CONFIG_COLLECTOR,
         "aggregator_key"},
        {"reporter: {key: k}\n", CONFIG_CONSOLE, "aggregator_key"},
        {"terminal: {key: k}\n", CONFIG_TERMINAL, "every one of"},
        {"terminal:\n  collectors: [{endpoint: \"tcp://a:1\", key: \"" KEY_B
         "\"}]\n",
         CONFIG_TERMINAL, "terminal.key must"},
        {"terminal:\n  key: k\n  collectors: [{endpoint: \"tcp://a:1\", key: "
         "\"" KEY_B "\"}]\n",
         CONFIG_TERMINAL, NULL},
    };
    static struct problems problems;
    static struct config config;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_text(cases[i].text, &config, &problems),
                         STATUS_OK);
        const char *told = config_keys_problem(&config, cases[i].program);
        if (!cases[i].told)
            assert_null(told);
        else
            assert_true(told && strstr(told, cases[i].told));
        config_free(&config);
    }
}

static const char good[] =
    "programme: p.yaml\n"                                     // 1
    "aggregator:\n"                                           // 2
    "  listen: tcp://127.0.0.1:7071\n"                        // 3
    "  journal_bytes: 64MiB\n"                                // 4
    "  checkpoint_events: 10\n"                               // 5
    "collector: {name: c1, credit: 8}\n"                      // 6
    "reporter: {http: \"127.0.0.1:8080\", refresh_ms: 500}\n" // 7
    "terminal:\n"                                             // 8
    "  role: hq\n"                                            // 9
    "  dealers: [A, B]\n"                                     // 10
    "  collectors: [tcp://127.0.0.1:7070]\n";                 // 11

static const struct flaw flaws[] = {
    {"programme: p.yaml", "aggregator_key: \"short\"", 1, "aggregator_key",
     "40 Z85 characters"},
    {"programme:", "program:", 1, "program", "known: programme, dealers"},
    {"programme: p.yaml", "programme: [p]", 1, "programme", "must be text"},
    {"programme: p.yaml", "programme:", 1, "programme", "must be text"},
    {"tcp://127.0.0.1:7071", "127.0.0.1:7071", 3, "aggregator.listen",
     "must be an endpoint"},
    {"tcp://127.0.0.1:7071", "tcp://127.0.0.1:65536", 3, "aggregator.listen",
     "must be an endpoint"},
    {"64MiB", "64MB", 4, "aggregator.journal_bytes", "64MiB or 1TiB"},
    {"64MiB", "1KiB", 4, "aggregator.journal_bytes", "from 1048576"},
    {"64MiB", "9999999TiB", 4, "aggregator.journal_bytes", "bytes"},
    {"checkpoint_events: 10", "checkpoint_events: ten", 5,
     "aggregator.checkpoint_events", "whole number"},
    {"checkpoint_events: 10", "checkpoint_event: 10", 5,
     "aggregator.checkpoint_event", "not known here"},
    {"name: c1", "name: c 1", 6, "collector.name", "no spaces"},
    {"credit: 8", "credit: 0", 6, "collector.credit", "from 1 to 1000000"},
    {"\"127.0.0.1:8080\"", "tcp", 7, "reporter.http", "host:port"},
    {"refresh_ms: 500", "refresh_ms: 0", 7, "reporter.refresh_ms", "from 1"},
    {"refresh_ms: 500", "refresh_ms: 0s", 7, "reporter.refresh_ms",
     "at least 1 ms"},
    {"refresh_ms: 500", "refresh_ms: 5x", 7, "reporter.refresh_ms",
     "a duration"},
    {"role: hq", "role: boss", 9, "terminal.role", "one of: dealer, hq"},
    {"[A, B]", "[A, A]", 10, "terminal.dealers[1]", "listed twice"},
    {"[A, B]", "[A, HQ]", 10, "terminal.dealers[1]", "say role: hq"},
    {"[A, B]", "A", 10, "terminal.dealers", "must be a list"},
    {"[tcp://127.0.0.1:7070]", "[]", 11, "terminal.collectors",
     "1 to 16 endpoints"},
    {"collector: {name: c1, credit: 8}", "collector: c1", 6, "collector",
     "keys and values"},
    {"role: hq", "role: hq\n  role: dealer", 10, "role", "given twice"},
};

static void
every_flaw_is_told_with_line_and_key(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(read_text(good, &config, &problems), STATUS_OK);
    config_free(&config);
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        char *text = text_with_flaw(good, &flaws[i]);
        assert_int_equal(read_text(text, &config, &problems), STATUS_MALFORMED);
        expect_problem(&problems, "etc/d.yaml", flaws[i].line, flaws[i].key,
                       flaws[i].says);
        free(text);
    }
}

static void
a_missing_file_is_told(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;

    assert_int_equal(config_load("/nowhere/d.yaml", &config, &problems),
                     STATUS_NOT_FOUND);
    expect_problem(&problems, "/nowhere/d.yaml", 0, "", "cannot be read");
}

static void
what_comes_from_a_file_is_made_printable(void **state)
{
    (void)state;
    static struct problems problems;

    problems = (struct problems){0};
    problem_add(&problems, "f", 1, "k\x1b[31m", "%s", "a\nb\xff\xe4\xbd\xa0");
    assert_string_equal(problems.list[0].key, "k?[31m");
    assert_string_equal(problems.list[0].text, "a?b?\xe4\xbd\xa0");
}

static void
nobody_connects_to_everywhere(void **state)
{
    (void)state;
    assert_true(endpoint_is_everywhere("tcp://0.0.0.0:7070"));
    assert_true(endpoint_is_everywhere("tcp://[::]:7070"));
    assert_true(endpoint_is_everywhere("tcp://*:7070"));
    assert_false(endpoint_is_everywhere("tcp://127.0.0.1:7070"));
    assert_false(endpoint_is_everywhere("tcp://collector.example:7070"));
}

static void
only_loopback_is_local(void **state)
{
    (void)state;
    static const char *const local[] = {
        "tcp://127.0.0.1:7070", "tcp://127.9.9.9:1", "tcp://localhost:*",
        "tcp://[::1]:7070",     "ipc://x",           "inproc://x",
        "127.0.0.1:8080",       "[::1]:8080",        "localhost:80"};
    static const char *const remote[] = {"tcp://*:7070",
                                         "tcp://0.0.0.0:7070",
                                         "tcp://10.0.0.1:1",
                                         "tcp://127.0.0.1.example.org:1",
                                         "tcp://[::]:7070",
                                         "0.0.0.0:8080",
                                         "tcp://localhost",
                                         "tcp://127.1:7070",
                                         "",
                                         "tcp://[::ffff:10.0.0.1]:1"};

    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(endpoint_is_local(local[i]));
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        assert_false(endpoint_is_local(remote[i]));
}

static void
endpoints_name_a_transport_and_a_port(void **state)
{
    (void)state;
    assert_true(endpoint_valid("tcp://host:0"));
    assert_true(endpoint_valid("tcp://*:*"));
    assert_true(endpoint_valid("tcp://[::1]:7070"));
    assert_false(endpoint_valid("tcp://::1:7070"));
    assert_false(endpoint_valid("tcp://host"));
    assert_false(endpoint_valid("tcp://host:70 70"));
    assert_false(endpoint_valid("tcp://:7070"));
    assert_false(endpoint_valid("udp://host:1"));
    assert_false(endpoint_valid("ipc://"));
    assert_true(endpoint_http_valid("0.0.0.0:8080"));
    assert_false(endpoint_http_valid("http://0.0.0.0:8080"));
    assert_false(endpoint_http_valid("[]:8080"));
    assert_false(endpoint_http_valid("localhost:+80"));
    assert_false(endpoint_http_valid("localhost:*"));
}

static int64_t
instant(const char *text, const char *format, int32_t offset_s)
{
    int64_t at = INT64_MIN;

    return when_read(span_text(text), format, offset_s, &at) ? at : INT64_MIN;
}

static void
instants_are_read_as_people_write_them(void **state)
{
    (void)state;
    const int64_t day = 16000 * (int64_t)DAY_MS; // 2013-10-22

    assert_int_equal(instant("2013-10-22", "iso", 0), day);
    assert_int_equal(instant("2013-10-22", "iso", 8 * 3600), day - 8 * hour_ms);
    assert_int_equal(instant("2013-10-22T01:00:00.25+01:00", "iso", 0),
                     day + 250);
    assert_int_equal(instant("2013-10-22 01:00", "iso", 0), day + hour_ms);
    assert_int_equal(instant("22.10.2013 01:30", "DD.MM.YYYY hh:mm", 0),
                     day + hour_ms * 3 / 2);
    assert_int_equal(instant("20131022", "YYYYMMDD", 0), day);
    assert_int_equal(instant("1382400000", "s", 0), day);
    assert_int_equal(instant("1382400000000", "ms", 0), day);
}

static void
what_is_no_instant_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2013-13-01",
                                        "2013-02-29",
                                        "1900-02-29",
                                        "2013-1-1",
                                        "2013-01-01T",
                                        "2013-01-01T24:00",
                                        "2013-01-01T00:60",
                                        "2013-01-01 00:00+25:00",
                                        "0000-01-01",
                                        "2013-01-01x",
                                        "2013-01-01T00:00:00."};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(instant(texts[i], "iso", 0), INT64_MIN);
    assert_int_equal(instant("99999999999999999999", "ms", 0), INT64_MIN);
    assert_int_equal(instant("9223372036854775807", "s", 0), INT64_MIN);
    assert_true(when_format_valid("MM/DD/YYYY"));
    assert_false(when_format_valid("MM/DD"));
    assert_false(when_format_valid("YYYY-MM-DD DD"));
    assert_false(when_format_valid(""));
}

static void
durations_have_a_unit(void **state)
{
    (void)state;
    int64_t ms;

    assert_true(when_duration(span_text("15d"), &ms));
    assert_int_equal(ms, 15 * (int64_t)DAY_MS);
    assert_true(when_duration(span_text("30min"), &ms));
    assert_int_equal(ms, 1800000);
    assert_true(when_duration(span_text("7ms"), &ms));
    assert_int_equal(ms, 7);
    assert_false(when_duration(span_text("7"), &ms));
    assert_false(when_duration(span_text("d"), &ms));
    assert_false(when_duration(span_text("-1d"), &ms));
    assert_false(when_duration(span_text("1.5h"), &ms));
    assert_false(when_duration(span_text("400001d"), &ms));
    assert_false(when_duration(span_text("99999999999999999999d"), &ms));
}

static void
local_time_is_turned_round_at_the_switches(void **state)
{
    (void)state;
    const struct zone zone = {.offset_s = 3600,
                              .has_daylight = true,
                              .daylight_offset_s = 7200,
                              .daylight_from = {3, 5, 0, 3600},
                              .daylight_until = {10, 5, 0, 3600}};
    int64_t spring = days_from_civil((struct civil){2026, 3, 29}) * DAY_MS;
    int64_t autumn = days_from_civil((struct civil){2026, 10, 25}) * DAY_MS;

    assert_int_equal(when_local(&zone, spring), spring - hour_ms);
    // 02:30 is jumped over; 03:30 summer time is what comes of it.
    assert_int_equal(when_local(&zone, spring + hour_ms * 5 / 2),
                     spring + hour_ms * 3 / 2);
    assert_int_equal(when_local(&zone, spring + 4 * hour_ms),
                     spring + 2 * hour_ms);
    // 02:30 comes twice; the first counts.
    assert_int_equal(when_local(&zone, autumn + hour_ms * 5 / 2),
                     autumn + hour_ms / 2);
}

static void
no_mutation_of_a_sample_crashes_or_fails_in_silence(void **state)
{
    (void)state;
    static struct problems problems;
    static struct config config;
    uint64_t dices = 2;
    size_t length;
    char *text = sample_take("deploy/dealerpulse.yaml", &length);
    char *room = malloc(length * 3);

    assert_non_null(room);
    for (int round = 0; round < 1000; round++) {
        memcpy(room, text, length);
        size_t mutated = mutate(room, length, &dices);
        problems = (struct problems){0};
        enum status status =
            config_read(span_of(room, mutated), "d.yaml", &config, &problems);
        assert_int_equal(status == STATUS_OK, problems.count == 0);
        config_free(&config);
    }
    free(room);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_everything_has_its_default),
        cmocka_unit_test(the_documented_sample_says_the_defaults),
        cmocka_unit_test(paths_are_relative_to_the_file),
        cmocka_unit_test(sizes_and_times_are_read_with_and_without_units),
        cmocka_unit_test(a_terminal_speaks_for_its_dealers),
        cmocka_unit_test(
            a_collector_listens_at_several_places_each_with_its_key),
        cmocka_unit_test(keys_that_do_not_go_together_are_told),
        cmocka_unit_test(every_flaw_is_told_with_line_and_key),
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(what_comes_from_a_file_is_made_printable),
        cmocka_unit_test(only_loopback_is_local),
        cmocka_unit_test(nobody_connects_to_everywhere),
        cmocka_unit_test(endpoints_name_a_transport_and_a_port),
        cmocka_unit_test(instants_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(local_time_is_turned_round_at_the_switches),
        cmocka_unit_test(no_mutation_of_a_sample_crashes_or_fails_in_silence),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
