// SPDX-License-Identifier: Apache-2.0
#include "common/domain/notice.h"
#include "tests/fuzz/mirror.h"

struct texts {
    uint8_t *room;
    size_t used;
};

static struct span
bytes_random(struct texts *texts, struct dice *dice, uint32_t least,
             uint32_t most)
{
    uint32_t length = least + dice_below(dice, most - least + 1);
    uint8_t *at = texts->room + texts->used;

    for (uint32_t i = 0; i < length; i++)
        at[i] = (uint8_t)dice_below(dice, 256);
    texts->used += length;
    return span_of(at, length);
}

// text_random mixes ASCII with characters of two, three and four bytes.
static struct span
text_random(struct texts *texts, struct dice *dice, uint32_t most)
{
    static const char *const wide[] = {"é", "销", "🚗"};
    uint32_t length = 1 + dice_below(dice, most);
    uint8_t *at = texts->room + texts->used;
    bool ascii = dice_coin(dice);
    uint32_t used = 0;

    while (used < length) {
        uint32_t size = 2 + dice_below(dice, 3);
        if (!ascii && length - used >= size) {
            memcpy(at + used, wide[size - 2], size);
            used += size;
        } else {
            at[used++] = (uint8_t)('!' + dice_below(dice, '~' - '!' + 1));
        }
    }
    texts->used += length;
    return span_of(at, length);
}

static struct span
dealer_random(struct texts *texts, struct dice *dice)
{
    uint32_t length = 1 + dice_below(dice, DEALER_ID_MAX);
    uint8_t *at = texts->room + texts->used;

    for (uint32_t i = 0; i < length; i++)
        at[i] = (uint8_t)('!' + dice_below(dice, '~' - '!' + 1));
    texts->used += length;
    return span_of(at, length);
}

static struct span
text_maybe(struct texts *texts, struct dice *dice, bool needed)
{
    if (!needed && dice_coin(dice))
        return (struct span){NULL, 0};
    return text_random(texts, dice, NATURAL_KEY_MAX);
}

// words_maybe: what few events say; seldom as long as it may be.
static struct span
words_maybe(struct texts *texts, struct dice *dice, uint32_t most)
{
    if (dice_below(dice, 4) != 0)
        return (struct span){NULL, 0};
    return text_random(texts, dice, dice_coin(dice) ? most : 8);
}

static struct span
bytes_maybe(struct texts *texts, struct dice *dice, uint32_t least,
            uint32_t most)
{
    if (dice_below(dice, 4) != 0)
        return (struct span){NULL, 0};
    return bytes_random(texts, dice, least, most);
}

static struct event_id
id_random(struct dice *dice)
{
    struct event_id id;

    for (int i = 0; i < EVENT_ID_SIZE; i++)
        id.bytes[i] = (uint8_t)dice_below(dice, 256);
    id.bytes[0] |= 1; // not all zero
    return id;
}

// time_random: sizes of all magnitudes, 0 among them.
static int64_t
time_random(struct dice *dice)
{
    return (int64_t)(dice_roll(dice) >> (17 + dice_below(dice, 47))) &
           0x7fffffffffff;
}

static void
context_random(struct survey_context *context, struct dice *dice,
               struct texts *texts)
{
    if (dice_coin(dice))
        return;
    context->device = bytes_maybe(texts, dice, PERSON_KEY_MIN, PERSON_KEY_MAX);
    context->network = bytes_maybe(texts, dice, PERSON_KEY_MIN, PERSON_KEY_MAX);
    context->started_at = time_random(dice);
    context->duration_ms =
        (uint32_t)(dice_roll(dice) >> (32 + dice_below(dice, 32)));
    context->attribution = (uint8_t)dice_below(dice, 6);
    context->coached = dice_coin(dice);
    context->incentive_offered = dice_coin(dice);
}

static void
survey_random(struct survey *survey, struct dice *dice, struct texts *texts)
{
    uint32_t count = dice_below(dice, SURVEY_ANSWERS_MAX + 1);
    uint32_t item = 0;

    *survey = (struct survey){
        .questionnaire = text_random(texts, dice, 32),
        .version = 1 + (uint32_t)(dice_roll(dice) >> 33),
        .resurvey = dice_coin(dice),
    };
    if (survey->resurvey)
        survey->parent = id_random(dice);
    for (uint32_t i = 0; i < count; i++) {
        item += 1 + dice_below(dice, dice_coin(dice) ? 1 : 60);
        survey->answers[i] = (struct answer){
            (uint16_t)item, dice_below(dice, 8) ? (uint8_t)dice_below(dice, 101)
                                                : ANSWER_NOT_APPLICABLE};
    }
    survey->answer_count = (uint16_t)count;
    context_random(&survey->context, dice, texts);
}

static void
visit_random(struct visit *visit, struct dice *dice)
{
    *visit = (struct visit){
        .warranty = dice_coin(dice),
        .first_visit = dice_coin(dice),
        .eligible = dice_coin(dice),
        .arrived_at = time_random(dice),
        .served_at = time_random(dice),
        .signed_at = time_random(dice),
        .promised_at = time_random(dice),
        .ready_at = time_random(dice),
        .has_estimate = dice_coin(dice),
        .has_settled = dice_coin(dice),
        .margin_fen = dice_coin(dice) ? time_random(dice) : -time_random(dice),
    };
    if (visit->has_estimate)
        visit->estimate_fen = time_random(dice);
    if (visit->has_settled)
        visit->settled_fen = time_random(dice);
}

static void
action_random(struct complaint_action *action, struct dice *dice,
              struct texts *texts)
{
    *action = (struct complaint_action){
        .kind = 1 + dice_below(dice, ACTION_COUNT - 1),
        .amount_fen = time_random(dice),
        .root_cause = words_maybe(texts, dice, 64),
        .next_step = words_maybe(texts, dice, 256),
    };
    if (action->kind == ACTION_RECLASSIFY)
        action->class = 1 + dice_below(dice, CLASS_COUNT - 1);
    if (action->kind == ACTION_REASSIGN)
        action->dealer_id = dealer_random(texts, dice);
}

// number_between favours small numbers and the bounds.
static int64_t
number_between(struct dice *dice, int64_t least, int64_t most)
{
    const uint64_t span = (uint64_t)most - (uint64_t)least;
    const uint32_t roll = dice_below(dice, 4);

    if (roll == 0)
        return most;
    return (int64_t)((uint64_t)least +
                     dice_roll(dice) % (roll == 1 && span > 9 ? 10 : span + 1));
}

static void
notice_random(struct notice *notice, enum event_type type, struct dice *dice,
              struct texts *texts)
{
    const struct notice_shape *shape = notice_shape(type);

    memset(notice, 0, sizeof *notice);
    for (uint32_t n = 1; n < shape->count; n++) {
        const struct notice_field *field = &shape->fields[n];
        const uint32_t least = (uint32_t)field->least;
        const uint32_t most = (uint32_t)field->most;

        if (!field->needed && dice_coin(dice))
            continue;
        if (field->form == NOTICE_TEXT)
            notice->values[n].bytes = text_random(texts, dice, most);
        else if (field->form == NOTICE_BYTES)
            notice->values[n].bytes = bytes_random(texts, dice, least, most);
        else
            do
                notice->values[n].number =
                    number_between(dice, field->least, field->most);
            while (field->needed && notice->values[n].number == 0);
    }
}

static void
payload_random(struct event *event, enum event_type type, struct dice *dice,
               struct texts *texts)
{
    if (event_is_notice(type)) {
        notice_random(&event->notice, type, dice, texts);
        return;
    }
    switch ((int)type) {
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
        event->contact =
            bytes_maybe(texts, dice, PERSON_KEY_MIN, PERSON_KEY_MAX);
        break;
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        survey_random(&event->survey, dice, texts);
        break;
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        visit_random(&event->visit_facts, dice);
        event->work_type = words_maybe(texts, dice, 32);
        event->repeat_of = words_maybe(texts, dice, NATURAL_KEY_MAX);
        break;
    case EVENT_COMPLAINT_OPENED:
        event->complaint = (struct complaint){
            .class = 1 + dice_below(dice, CLASS_COUNT - 1),
            .severity = (uint8_t)dice_below(dice, 5),
            .received_at = time_random(dice),
        };
        event->category = words_maybe(texts, dice, 64);
        break;
    case EVENT_COMPLAINT_ACTION:
        action_random(&event->action, dice, texts);
        break;
    case EVENT_COMPLAINT_VERDICT:
        event->verdict = 1 + dice_below(dice, VERDICT_COUNT - 1);
        event->decided_by = words_maybe(texts, dice, 64);
        break;
    default:
        break;
    }
}

static const enum event_type types[] = {
#define X(name, number) EVENT_##name,
    EVENT_TYPE_MAP(X)
#undef X
};

static enum event_type
type_random(struct dice *dice)
{
    return types[dice_below(dice, sizeof types / sizeof types[0])];
}

static void
control_random(struct event *event, struct dice *dice)
{
    struct control *control = &event->control;

    control->target = id_random(dice);
    control->target_occurred_at = time_random(dice);
    if (event->type == EVENT_UNVOID || event->type == EVENT_RELEASE)
        control->control = id_random(dice);
    do {
        control->target_type = type_random(dice);
    } while (event_type_is_control(control->target_type) ||
             (event->type == EVENT_CORRECT &&
              control->target_type < EVENT_SURVEY_RESPONSE));
}

void
event_random(struct event *event, struct dice *dice, uint8_t *room)
{
    struct texts texts = {.room = room};

    *event = (struct event){.id = id_random(dice), .type = type_random(dice)};
    enum event_type type = event->type;
    if (event_type_is_control(type)) {
        control_random(event, dice);
        event->reason = words_maybe(&texts, dice, 64);
        event->evidence = bytes_maybe(&texts, dice, 32, 32);
        type = event->control.target_type;
    }
    event->dealer_id = dealer_random(&texts, dice);
    event->occurred_at = (int64_t)dice_roll(dice) >> dice_below(dice, 64);
    event->issuer = dice_coin(dice) ? ISSUER_HQ : ISSUER_DEALER;
    event->visit = text_maybe(
        &texts, dice, type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED);
    event->invitation = text_maybe(&texts, dice, false);
    event->complaint_id = text_maybe(&texts, dice,
                                     type >= EVENT_COMPLAINT_OPENED &&
                                         type <= EVENT_COMPLAINT_VERDICT);
    if (dice_coin(dice))
        event->customer =
            bytes_random(&texts, dice, PERSON_KEY_MIN, PERSON_KEY_MAX);
    if (dice_coin(dice))
        event->vehicle =
            bytes_random(&texts, dice, PERSON_KEY_MIN, PERSON_KEY_MAX);
    event->mode = (uint8_t)dice_below(dice, 7);
    event->channel = (uint8_t)dice_below(dice, 9);
    event->phase = (uint8_t)dice_below(dice, 4);
    event->touchpoint = (uint8_t)dice_below(dice, 13);
    event->staff = words_maybe(&texts, dice, 64);
    event->comment_hash = bytes_maybe(&texts, dice, 32, 32);
    if (!event_type_is_control(event->type) || event->type == EVENT_CORRECT)
        payload_random(event, type, dice, &texts);
}
