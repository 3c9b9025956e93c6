// SPDX-License-Identifier: Apache-2.0
//
// fill_spool PATH BYTES [DAYS]: what a terminal has that was offline for a
// month: a spool with survey responses (questionnaire ecsi 1, dealers D0 to D9)
// until it counts so many bytes.  Prints how many.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/dealerpulse.h"
#include "common/runtime/clock.h"
#include "common/wire/event_code.h"

enum { BATCH = 512, BODY = 512, ITEMS = 24 };

static uint64_t state = 12345;

static unsigned
draw(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

static size_t
make_response(struct dealerpulse *pulse, uint64_t number, int64_t when,
              uint8_t *body)
{
    char dealer[8], visit[24];
    struct event event = {.type = EVENT_SURVEY_RESPONSE, .occurred_at = when};

    dealerpulse_new_id(pulse, event.id.bytes);
    snprintf(dealer, sizeof dealer, "D%" PRIu64, number % 10);
    snprintf(visit, sizeof visit, "V%" PRIu64, number);
    event.dealer_id = span_text(dealer);
    event.visit = span_text(visit);
    event.survey.questionnaire = span_text("ecsi");
    event.survey.version = 1;
    event.survey.answer_count = ITEMS;
    for (uint16_t i = 0; i < ITEMS; i++)
        event.survey.answers[i] = (struct answer){
            .item = (uint16_t)(i + 1), .value = (uint8_t)(1 + draw(10))};
    return event_write(&event, body, BODY);
}

static int
fill(struct dealerpulse *pulse, uint64_t bytes, int64_t days)
{
    static uint8_t room[BATCH][BODY];
    struct dealerpulse_body bodies[BATCH] = {0};
    struct dealerpulse_state told = {0};
    uint64_t seqs[BATCH], number = 0;
    int64_t now = clock_wall_ms();

    while (told.bytes < bytes) {
        for (size_t i = 0; i < BATCH; i++, number++) {
            int64_t when = now - (int64_t)draw(1000) * days * DAY_MS / 1000;
            bodies[i].bytes = room[i];
            bodies[i].length = make_response(pulse, number, when, room[i]);
        }
        if (dealerpulse_submit_many(pulse, bodies, BATCH, seqs) !=
                DEALERPULSE_OK ||
            dealerpulse_state(pulse, &told) != DEALERPULSE_OK) {
            fprintf(stderr, "%s\n", dealerpulse_error(pulse));
            return EXIT_FAILURE;
        }
    }
    printf("%" PRIu64 "\n", number);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    struct dealerpulse *pulse = NULL;
    char error[512] = "";

    if (argc < 3) {
        fprintf(stderr, "usage: fill_spool PATH BYTES [DAYS]\n");
        return 64;
    }
    uint64_t bytes = strtoull(argv[2], NULL, 10);
    struct dealerpulse_options options = {.spool = argv[1],
                                          .store_only = true,
                                          .spool_bytes = 2 * bytes,
                                          .error = error,
                                          .error_size = sizeof error};
    if (dealerpulse_open(&pulse, &options) != DEALERPULSE_OK) {
        fprintf(stderr, "%s\n", error);
        return EXIT_FAILURE;
    }
    int code = fill(pulse, bytes, argc > 3 ? atoi(argv[3]) : 30);
    dealerpulse_close(pulse);
    return code;
}
