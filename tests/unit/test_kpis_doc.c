// SPDX-License-Identifier: Apache-2.0
//
// docs/KPIS.md is part of the product: it lists what there is, and nothing
// else.
#include "common/domain/kpi.h"
#include "common/domain/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 1 << 17 };

static char page[PAGE_MAX];

static int
read_page(void **state)
{
    FILE *file = fopen(SOURCE_DIR "/docs/KPIS.md", "r");
    size_t length;

    (void)state;
    if (!file)
        return -1;
    length = fread(page, 1, sizeof page - 1, file);
    page[length] = '\0';
    return fclose(file);
}

// The text between a heading and the next, NULL when there is none.
static const char *
section(const char *heading, size_t *length)
{
    const char *start = strstr(page, heading);

    if (!start)
        return NULL;
    start += strlen(heading);
    const char *end = strstr(start, "\n#");
    *length = end ? (size_t)(end - start) : strlen(start);
    return start;
}

static void
every_counter_is_explained_in_its_order(void **state)
{
    (void)state;
    const char *place = page;

    for (enum count count = 0; count < COUNT_END; count++) {
        char row[256];
        (void)snprintf(row, sizeof row, "\n| `%s` | %s |", count_name(count),
                       count_text(count));
        place = strstr(place, row);
        if (!place)
            fail_msg("docs/KPIS.md lacks, or has out of order: %s", row + 1);
    }
}

static void
no_counter_is_invented(void **state)
{
    (void)state;
    size_t length, rows = 0;
    const char *text = section("\n### Counters\n", &length);

    assert_non_null(text);
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; rows++) {
        char name[64] = "";
        if (row >= text + length)
            break;
        row += strlen("\n| `");
        assert_int_equal(sscanf(row, "%63[^`]", name), 1);
        if (count_by_name(name) == COUNT_END)
            fail_msg("docs/KPIS.md lists %s, which is no counter", name);
    }
    assert_int_equal(rows, COUNT_END);
}

static void
every_form_is_explained(void **state)
{
    (void)state;
    static const char *const forms[] = {"index",    "nps", "share",   "mean",
                                        "gap",      "sla", "counter", "ratio",
                                        "quantile", "gaps"};
    size_t length;
    const char *text = section("\n## Forms\n", &length);

    assert_non_null(text);
    assert_int_equal(sizeof forms / sizeof *forms, KPI_GAPS + 1);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char row[64], paragraph[64];
        (void)snprintf(row, sizeof row, "\n| `%s` |", forms[i]);
        (void)snprintf(paragraph, sizeof paragraph, "\n**%s.** ", forms[i]);
        const char *place = strstr(text, row);
        const char *words = strstr(text, paragraph);
        assert_true(place && place < text + length);
        assert_true(words && words < text + length);
    }
}

// Each "id:" below "kpis:" of a shipped programme.
static void
check_programme(const char *name)
{
    char path[512], line[512], id[64];
    size_t length, seen = 0;
    const char *text = section("\n## KPIs as shipped\n", &length);
    bool inside = false;

    assert_non_null(text);
    (void)snprintf(path, sizeof path, SOURCE_DIR "/deploy/samples/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "kpis:", 5) == 0)
            inside = true;
        if (strncmp(line, "rebate:", 7) == 0)
            inside = false;
        const char *at = strstr(line, "id: ");
        if (!inside || line[0] == '#' || !at ||
            sscanf(at, "id: %63[a-z0-9_]", id) != 1)
            continue;
        char row[128];
        (void)snprintf(row, sizeof row, "\n| `%s` |", id);
        const char *place = strstr(text, row);
        if (!place || place >= text + length)
            fail_msg("docs/KPIS.md does not explain %s of %s", id, name);
        seen++;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(seen > 0);
}

static void
every_shipped_kpi_is_explained(void **state)
{
    (void)state;
    check_programme("demo/programme.yaml");
    check_programme("ecsi/programme.yaml");
    check_programme("ecsi-weighted/programme.yaml");
    check_programme("cfpb/programme.yaml");
    check_programme("maker/programme.yaml");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counter_is_explained_in_its_order),
        cmocka_unit_test(no_counter_is_invented),
        cmocka_unit_test(every_form_is_explained),
        cmocka_unit_test(every_shipped_kpi_is_explained),
    };
    return cmocka_run_group_tests_name("kpis_doc", tests, read_page, NULL);
}
