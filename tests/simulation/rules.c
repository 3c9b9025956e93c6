// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/rules.h"

#include <stdlib.h>

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"

#define COMMON_TEXT                                                            \
    "lookback: 400d\n"                                                         \
    "future: 10min\n"                                                          \
    "close_days: 10\n"                                                         \
    "min_n: 3\n"                                                               \
    "items:\n"                                                                 \
    "  - {number: 1, id: OSAT, scale: [0, 10]}\n"                              \
    "  - {number: 2, id: CONFIRM, scale: [0, 10]}\n"                           \
    "  - {number: 3, id: IDEAL, scale: [0, 10]}\n"                             \
    "  - {number: 4, id: FELT, scale: [0, 10]}\n"                              \
    "  - {number: 5, id: EXPECTED, scale: [0, 10]}\n"                          \
    "questionnaires:\n"                                                        \
    "  - {id: sim, version: 1,\n"                                              \
    "     items: [OSAT, CONFIRM, IDEAL, FELT, EXPECTED]}\n"                    \
    "sets:\n"                                                                  \
    "  - {number: 1, items: [OSAT, CONFIRM, IDEAL]}\n"

static const char FIRST[] =
    "id: simulated\n"
    "version: 1\n"
    "valid_from: 2020-01-01\n"
    "zone: {name: Asia/Shanghai, offset: +08:00}\n"
    "clocks: {general: 5min, complex: 24h, hard: 72h,\n"
    "  emergency: 5min, emergency_update: 30min}\n" COMMON_TEXT "pairs:\n"
    "  - {number: 1, experience: FELT, expectation: EXPECTED}\n"
    "kpis:\n"
    "  - {id: topbox, form: share, item: OSAT, cut: 9}\n";

// From November on, further west and slower.
static const char SECOND[] =
    "id: simulated\n"
    "version: 2\n"
    "valid_from: 2026-11-01T00:00Z\n"
    "zone: {name: Somewhere, offset: -05:00}\n"
    "clocks: {general: 10min, complex: 48h,\n"
    "  hard: 96h, emergency: 10min,\n"
    "  emergency_update: 15min}\n" COMMON_TEXT "kpis:\n"
    "  - {id: topbox, form: share, item: OSAT, "
    "cut: 9}\n";

// From the middle of October on, further east, with a gap again.
static const char THIRD[] =
    "id: simulated\n"
    "version: 3\n"
    "valid_from: 2026-10-15T00:00Z\n"
    "zone: {name: Elsewhere, offset: +10:00}\n"
    "clocks: {general: 1h, complex: 2h, hard: 3h,\n"
    "  emergency: 1min, emergency_update: 10min}\n" COMMON_TEXT "pairs:\n"
    "  - {number: 1, experience: FELT, expectation: EXPECTED}\n"
    "kpis:\n"
    "  - {id: topbox, form: share, item: OSAT, cut: 9}\n";

static const char DEALERS[] = "id,name,region\n"
                              "D1,One,north\n"
                              "D2,Two,north\n"
                              "D3,Three,south\n"
                              "D4,Four,south\n"
                              "D5,Five,east\n"
                              "D6,Six,east\n"
                              "D7,Seven,west\n"
                              "D8,Eight,west\n";

const char *
rules_dealer(uint32_t number)
{
    static const char *const IDS[] = {"HQ", "D1", "D2", "D3", "D4",
                                      "D5", "D6", "D7", "D8"};
    return IDS[number];
}

static void
must(enum status status, const struct problems *problems)
{
    if (status == STATUS_OK)
        return;
    problems_print(problems);
    abort();
}

static void
publish(struct rules *rules, size_t i, enum publication_kind kind,
        const char *text, struct problems *problems)
{
    struct publication *publication = &rules->publications[i];

    publication->kind = kind;
    publication->content = span_text(text);
    digest(publication->content, rules->hashes[i], HASH_SIZE);
    publication->hash = span_of(rules->hashes[i], HASH_SIZE);
    if (i < RULES_FIRST)
        must(history_publish(rules->history, publication, problems), problems);
    must(history_publish(rules->later, publication, problems), problems);
}

void
rules_open(struct rules *rules)
{
    static struct problems problems;
    struct published *published = &rules->published;

    *rules = (struct rules){0};
    must(history_open(&rules->history), &problems);
    must(history_open(&rules->later), &problems);
    publish(rules, 0, PUBLICATION_PROGRAMME, FIRST, &problems);
    publish(rules, 1, PUBLICATION_DEALERS, DEALERS, &problems);
    publish(rules, 2, PUBLICATION_PROGRAMME, SECOND, &problems);
    publish(rules, 3, PUBLICATION_PROGRAMME, THIRD, &problems);

    published_init(published);
    must(programme_read(span_text(SECOND), "second", &published->rulebook,
                        &problems),
         &problems);
    must(dealers_read(span_text(DEALERS), "dealers", &published->directory,
                      &problems),
         &problems);
    published->history = (struct rulebook_history){1, published->versions};
    published->versions[0] = published->rulebook;
    memcpy(published->programme_hash, rules->hashes[2], HASH_SIZE);
    memcpy(published->dealers_hash, rules->hashes[1], HASH_SIZE);
    published->ready = true;
}

void
rules_close(struct rules *rules)
{
    published_fini(&rules->published);
    history_close(rules->history);
    history_close(rules->later);
}
