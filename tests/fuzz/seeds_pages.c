// SPDX-License-Identifier: Apache-2.0
#include "common/domain/tally.h"
#include "common/wire/query.h"
#include "tests/fuzz/seeds.h"

// figures_write: an address, and below it what the aggregator answered: some of
// every class of counters.
static void
figures_write(const char *folder, const char *name, const char *address,
              int64_t scale)
{
    enum { ITEMS = 3, VALUES = 11, MOST = 6 * ITEMS * VALUES };
    static const char *const dealers[] = {"BJ01", "BJ02", "gone"};
    uint32_t counters[MOST];
    int64_t values[MOST];
    uint8_t room[16384];
    size_t count = 0, head = strlen(address);

    for (uint32_t class = COUNTER_COUNT; class <= COUNTER_SLA; class ++)
        for (uint32_t a = 0; a < ITEMS; a++)
            for (uint32_t b = 0; b < VALUES; b++) {
                counters[count] = counter((enum counter_class) class, a, b);
                values[count++] = scale * (1 + (a + b) % 7);
            }
    memcpy(room, address, head);
    struct writer writer = writer_on(room + head, sizeof room - head);
    answer_begin(&writer, 5, 9);
    for (uint32_t i = 0; i < 3; i++)
        answer_tally(&writer, 24321, span_text(dealers[i]), 0, counters, values,
                     count);
    size_t length = answer_end(&writer);
    seed_write(folder, "http", name, span_of(room, head + length));
}

void
pages_write(const char *folder)
{
    figures_write(folder, "figures-csi",
                  "/api/v1/rankings?period=2026-10&kpi=csi&format=csv\n"
                  "localhost\n\n",
                  20);
    figures_write(folder, "figures-nps",
                  "/api/v1/rankings?period=2026&kpi=nps\nlocalhost\n\n",
                  INT64_MAX / 8);
    figures_write(folder, "figures-sla",
                  "/api/v1/rankings?kpi=complaint_sla&format=table\n\n\n", -3);
}
