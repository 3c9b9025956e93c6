// SPDX-License-Identifier: Apache-2.0
#include "collector/fetch.h"

#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum { ANSWER_MAX = 64 * 1024 * 1024, QUESTION_MAX = 256 };

void
fetch_init(struct fetch *fetch, struct transport *transport,
           const char *endpoint, const struct curve_client *keys)
{
    *fetch = (struct fetch){
        .transport = transport, .endpoint = endpoint, .keys = keys};
    published_init(&fetch->published);
}

void
fetch_fini(struct fetch *fetch)
{
    outbox_close(fetch->link);
    published_fini(&fetch->published);
    fetch->link = NULL;
}

static void
take_answer(struct fetch *fetch, struct span bytes)
{
    struct problems problems = {0};
    struct published *published = &fetch->published;
    char key[LOG_VALUE_MAX], text[LOG_VALUE_MAX];
    enum status status =
        published_answer(published, clock_steady_ms(), bytes, &problems);

    if (status == STATUS_OK)
        log_notice("rules-loaded", "programme=%s version=%u dealers=%zu",
                   published->rulebook->id, published->rulebook->version,
                   published->directory->dealer_count);
    else if (status != STATUS_AGAIN)
        log_error("rules-refused", "problems=%zu line=%u key=%s text=%s",
                  problems.count, problems.list[0].line,
                  log_value(key, span_text(problems.list[0].key)),
                  log_value(text, span_text(problems.list[0].text)));
}

static void
take_answers(struct fetch *fetch)
{
    struct frame frame;

    frame_init(&frame);
    while (fetch->link && outbox_receive(fetch->link, &frame) == STATUS_OK)
        take_answer(fetch, frame_span(&frame));
    frame_close(&frame);
}

// reopen gives the link a new socket; without one it is tried again.
static void
reopen(struct fetch *fetch)
{
    outbox_close(fetch->link);
    fetch->link = NULL;
    enum status status =
        outbox_open_curve(&fetch->link, fetch->transport, fetch->endpoint,
                          ANSWER_MAX, fetch->keys);
    if (status != STATUS_OK)
        log_error("link-open-failed", "endpoint=%s status=\"%s\"",
                  fetch->endpoint, status_text(status));
}

static void
ask(struct fetch *fetch)
{
    uint8_t question[QUESTION_MAX];
    struct writer writer = writer_on(question, sizeof question);
    int64_t now = clock_steady_ms();
    enum published_step step = published_next(&fetch->published, now, &writer);

    if (step == PUBLISHED_REOPEN || (step == PUBLISHED_ASK && !fetch->link))
        reopen(fetch);
    if (step == PUBLISHED_ASK && fetch->link &&
        outbox_send(fetch->link, span_of(question, writer.used)) == STATUS_OK)
        published_asked(&fetch->published, now);
}

void
fetch_go(struct fetch *fetch)
{
    take_answers(fetch);
    ask(fetch);
}
