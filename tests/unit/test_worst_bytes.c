// SPDX-License-Identifier: Apache-2.0
//
// The worst bytes a peer can send cost no memory at all: nothing is allocated
// for what is read.  (A generated reader needs sixty times their size.)
//
// The linker sends every allocation of the product through here.
#include "collector_rig.h"
#include "common/wire/put.h"

#include <stdio.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static bool counting;
static size_t allocations, replies;

void *
__wrap_malloc(size_t size)
{
    allocations += counting;
    return __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    allocations += counting;
    return __real_calloc(count, size);
}

void *
__wrap_realloc(void *block, size_t size)
{
    allocations += counting;
    return __real_realloc(block, size);
}

static const struct peer terminal = {.length = 5, .id = {0, 1, 2, 3, 4}};

// What the rig keeps of outputs is not the product's.
static enum status
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    bool was = counting;
    counting = false;
    replies++;
    enum status status = rig_to_peer(shell, peer, frame);
    counting = was;
    return status;
}

static bool
to_aggregator(void *shell, struct span frame)
{
    bool was = counting;
    counting = false;
    bool sent = rig_send_aggregator(shell, frame);
    counting = was;
    return sent;
}

static struct rig *
rig_counting(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    rig->now = (struct instant){.steady_ms = 1000, .wall_ms = RIG_NOW_MS};
    rig_publish(&rig->published);
    rig->core = core_open(&(struct core_options){
        .name = "collector-1",
        .endpoint = "tcp://127.0.0.1:7070",
        .credit = 4096,
        .seed = 42,
        .published = &rig->published,
        .sink = {rig, to_peer, to_aggregator, rig_reset, rig_notice},
    });
    assert_non_null(rig->core);
    return rig;
}

struct bench {
    struct rig *rig;
    uint64_t session;
    uint8_t frame[FRAME_MAX];
    struct writer out;
};

static int
set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->rig = rig_counting();
    rig_up(bench->rig);
    bench->session = rig_join(bench->rig, &terminal, ROLE_DEALER, "till", "D1");
    *state = bench;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *bench = *state;
    rig_close(bench->rig);
    free(bench);
    return 0;
}

// fill repeats a pattern up to the room a frame has left.
static void
fill(struct bench *bench, const char *pattern, size_t length)
{
    while (bench->out.used + length + 16 <= FRAME_MAX) {
        memcpy(bench->frame + bench->out.used, pattern, length);
        bench->out.used += length;
    }
}

static struct writer *
begin(struct bench *bench, uint32_t kind)
{
    bench->out = writer_on(bench->frame, FRAME_MAX);
    put_unsigned_always(&bench->out, 1, PROTOCOL_VERSION);
    put_open(&bench->out, kind);
    return &bench->out;
}

// read hands the frame to collector and reader, and counts what they allocate.
static void
read(struct bench *bench, const char *what)
{
    struct envelope envelope;
    size_t length = put_closed(&bench->out);

    assert_true(length > FRAME_MAX / 2);
    replies = allocations = 0;
    counting = true;
    core_frame(bench->rig->core, bench->rig->now, &terminal,
               span_of(bench->frame, length));
    (void)!envelope_read(span_of(bench->frame, length), LINK_BATCH_EVENTS_MAX,
                         &envelope);
    counting = false;
    if (allocations > 0)
        fail_msg("%s: %zu allocations", what, allocations);
    assert_true(replies <= 1); // none: the aggregator hears of it first
}

static void
frames_of_nothing_cost_nothing(void **state)
{
    struct bench *bench = *state;

    begin(bench, ENVELOPE_BATCH);
    fill(bench, "\x1a\x00", 2);
    read(bench, "empty parcels");
    struct writer *out = begin(bench, ENVELOPE_BATCH);
    put_open(out, 3);
    put_bytes(out, 1, span_text("till"));
    fill(bench, "\x22\x00", 2);
    read(bench, "empty deliveries");
    out = begin(bench, ENVELOPE_BATCH);
    put_open(out, 3);
    put_bytes(out, 1, span_text("till"));
    fill(bench, "\x22\x02\x08\x01", 4);
    read(bench, "small deliveries");
    out = begin(bench, ENVELOPE_BATCH);
    put_open(out, 3);
    put_bytes(out, 1, span_text("till"));
    fill(bench, "\x3a\x00", 2);
    read(bench, "empty settled ranges");
    begin(bench, ENVELOPE_BATCH);
    fill(bench, "\xf8\x01\x00", 3);
    read(bench, "unknown fields");
    begin(bench, ENVELOPE_HELLO);
    fill(bench, "\x1a\x00", 2);
    read(bench, "empty dealers");
    begin(bench, ENVELOPE_HELLO);
    fill(bench,
         "\x1a\x01"
         "D",
         3);
    read(bench, "more dealers than there may be");
    begin(bench, ENVELOPE_RECEIPT);
    fill(bench, "\x22\x00", 2);
    read(bench, "empty outcomes");
    begin(bench, ENVELOPE_WELCOME);
    fill(bench, "\x4a\x01x", 3);
    read(bench, "collectors");
}

// Bodies as large as may be, of fields that blow up a generated reader.
static void
events_of_nothing_cost_nothing(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *what, *pattern;
        size_t length;
    } tails[] = {
        {"unpacked items", "\x18\x01", 2},
        {"packed items", "\x1a\x01\x01", 3},
        {"empty packs", "\x1a\x00", 2},
        {"unknown fields", "\xf8\x07\x00", 3},
        {"not applicable", "\x28\x01", 2},
    };
    uint8_t body[EVENT_BODY_MAX];

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        struct writer inner = writer_on(body, sizeof body);
        put_bytes(&inner, 1, span_text("0123456789abcdef"));
        put_bytes(&inner, 2, span_text("D1"));
        put_signed(&inner, 3, RIG_NOW_MS - DAY_MS);
        put_open(&inner, EVENT_SURVEY_RESPONSE);
        while (inner.used + tails[i].length < sizeof body - 8)
            put_raw(&inner, tails[i].pattern, tails[i].length);
        size_t length = put_closed(&inner);
        struct writer *out = begin(bench, ENVELOPE_BATCH);
        put_fixed64(out, 1, bench->session);
        put_unsigned(out, 2, 1 + i);
        put_open(out, 3);
        put_bytes(out, 1, span_text("till"));
        for (uint64_t seq = 1; out->used + length + 64 < FRAME_MAX; seq++)
            parcel_delivery(out, seq, 1, span_of(body, length));
        read(bench, tails[i].what);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_of_nothing_cost_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(events_of_nothing_cost_nothing, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
