// SPDX-License-Identifier: Apache-2.0
//
// No field of proto/event.proto is lost: each of them alone, in every type that
// has it, is read and written again as the same bytes.  The fields are asked of
// the generated code, so that a new one cannot be forgotten.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/notice.h"
#include "common/wire/event_code.h"
#include "common/wire/put.h"
#include "event.pb-c.h"

typedef ProtobufCMessageDescriptor message_type;
typedef ProtobufCFieldDescriptor field_type;

enum { MESSAGE_ROOM = 512, FIELDS_TRIED_LEAST = 300 };

// The event to be made, and the one field it has beyond what it needs.
struct wanted {
    uint32_t type, replacement; // the payload's number, and a CORRECT's
    const message_type *message;
    const field_type *field;
};

static bool
is(const message_type *message, const field_type *field, const char *of,
   const char *name)
{
    return strcmp(message->short_name, of) == 0 &&
           strcmp(field->name, name) == 0;
}

static bool
wants(const struct wanted *wanted, const char *of, const char *name)
{
    return is(wanted->message, wanted->field, of, name);
}

// needed tells whether every event of the type has this field.
static bool
needed(const struct wanted *wanted, const message_type *message,
       const field_type *field)
{
    static const char *const always[][2] = {
        {"Event", "id"},
        {"Event", "dealer"},
        {"Event", "occurred_at_ms"},
        {"Event", "visit"},
        {"Event", "complaint"},
        {"SurveyResponse", "questionnaire"},
        {"SurveyResponse", "version"},
        {"Complaint", "class"},
        {"ComplaintAction", "kind"},
        {"ComplaintVerdict", "verdict"},
        {"Control", "target"},
        {"Control", "target_type"},
        {"Control", "target_occurred_at_ms"},
    };

    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (is(message, field, always[i][0], always[i][1]))
            return true;
    if (is(message, field, "Control", "control"))
        return wanted->type == EVENT_UNVOID || wanted->type == EVENT_RELEASE;
    if (strcmp(message->short_name, "Control") == 0)
        return field->id >= 16 && field->id == wanted->replacement;
    const enum event_type type = (enum event_type)(
        wanted->replacement ? wanted->replacement : wanted->type);
    return message != &dealerpulse__event__descriptor &&
           event_is_notice(type) &&
           notice_shape(type)->fields[field->id].needed;
}

// goes_with tells whether the wanted field makes no sense without this one.
static bool
goes_with(const struct wanted *wanted, const message_type *message,
          const field_type *field)
{
    static const char *const pairs[][2] = {
        {"kind", "parent"},
        {"parent", "kind"},
        {"items", "values"},
        {"values", "items"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (wants(wanted, "SurveyResponse", pairs[i][0]) &&
            is(message, field, "SurveyResponse", pairs[i][1]))
            return true;
    return false;
}

static uint64_t
number_for(const struct wanted *wanted, const message_type *message,
           const field_type *field)
{
    static const enum event_type targets[] = {
        EVENT_SURVEY_RESPONSE, EVENT_VISIT_CLOSED, EVENT_COMPLAINT_OPENED,
        EVENT_COMPLAINT_ACTION, EVENT_COMPLAINT_VERDICT};

    if (is(message, field, "Control", "target_type")) {
        if (event_is_notice((enum event_type)wanted->replacement))
            return wanted->replacement;
        return wanted->replacement ? targets[wanted->replacement - 16]
                                   : EVENT_SURVEY_INVITED;
    }
    if (is(message, field, "ComplaintAction", "kind") &&
        wants(wanted, "ComplaintAction", "class"))
        return ACTION_RECLASSIFY;
    if (is(message, field, "ComplaintAction", "kind") &&
        wants(wanted, "ComplaintAction", "dealer"))
        return ACTION_REASSIGN;
    return 1;
}

static size_t message_make(const struct wanted *wanted,
                           const message_type *message, uint8_t *room);

static void
bytes_sample(struct writer *out, const field_type *field)
{
    static const uint8_t sample[32] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    static const char *const ids[] = {"id", "parent", "target", "control"};
    uint32_t length = sizeof sample;

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (strcmp(field->name, ids[i]) == 0)
            length = EVENT_ID_SIZE;
    put_bytes(out, field->id, span_of(sample, length));
}

static void
sample_put(struct writer *out, const struct wanted *wanted,
           const message_type *message, const field_type *field)
{
    static const uint8_t one_number[] = {2};
    uint8_t nested[MESSAGE_ROOM];
    size_t length;

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_STRING:
        put_bytes(out, field->id, span_text("x"));
        break;
    case PROTOBUF_C_TYPE_BYTES:
        bytes_sample(out, field);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        length = message_make(wanted, field->descriptor, nested);
        put_bytes_always(out, field->id, span_of(nested, length));
        break;
    case PROTOBUF_C_TYPE_SINT64:
        put_signed(out, field->id, 5);
        break;
    default:
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            put_bytes(out, field->id, span_of(one_number, 1));
        else
            put_unsigned(out, field->id, number_for(wanted, message, field));
    }
}

static size_t
message_make(const struct wanted *wanted, const message_type *message,
             uint8_t *room)
{
    struct writer out = writer_on(room, MESSAGE_ROOM);
    bool event = message == &dealerpulse__event__descriptor;

    for (unsigned i = 0; i < message->n_fields; i++) {
        const field_type *field = &message->fields[i];
        if (field == wanted->field || needed(wanted, message, field) ||
            goes_with(wanted, message, field) ||
            (event && field->id == wanted->type))
            sample_put(&out, wanted, message, field);
    }
    assert_false(out.failed);
    return out.used;
}

static void
kept(const struct wanted *wanted)
{
    uint8_t body[MESSAGE_ROOM], again[MESSAGE_ROOM];
    struct event event;
    size_t length = message_make(wanted, &dealerpulse__event__descriptor, body);
    struct outcome outcome = event_read(span_of(body, length), &event);
    size_t written = event_write(&event, again, sizeof again);

    if (outcome.code != CODE_NONE || written != length ||
        memcmp(body, again, length) != 0)
        fail_msg("%s loses %s.%s (%s)", event_type_name(wanted->type),
                 wanted->message->short_name, wanted->field->name,
                 code_name(outcome.code));
}

// may_stand tells whether a field of the message can be given in the type: a
// payload is another type's, a control's other fields are their types'.
static bool
may_stand(const struct wanted *wanted)
{
    if (wanted->message == &dealerpulse__event__descriptor)
        return wanted->field->id < 32;
    if (wants(wanted, "Control", "control"))
        return wanted->type == EVENT_UNVOID || wanted->type == EVENT_RELEASE;
    return strcmp(wanted->message->short_name, "Control") != 0 ||
           wanted->field->id < 16 || wanted->field->id == wanted->replacement;
}

static int
each_kept(struct wanted wanted, const message_type *message)
{
    int tried = 0;

    wanted.message = message;
    for (unsigned i = 0; i < message->n_fields; i++) {
        wanted.field = &message->fields[i];
        if (!may_stand(&wanted))
            continue;
        kept(&wanted);
        tried++;
    }
    return tried;
}

static const message_type *
message_of(const message_type *message, uint32_t field)
{
    return protobuf_c_message_descriptor_get_field(message, field)->descriptor;
}

// next_replacement steps through those of a CORRECT; 0 after the last.
static uint32_t
next_replacement(uint32_t replacement)
{
    const message_type *control = &dealerpulse__control__descriptor;

    for (unsigned i = 0; i < control->n_fields; i++)
        if (control->fields[i].id >= 16 && control->fields[i].id > replacement)
            return control->fields[i].id;
    return 0;
}

static void
every_field_of_every_type_is_written_as_it_was_read(void **state)
{
    (void)state;
    static const uint32_t types[] = {
#define X(name, number) number,
        EVENT_TYPE_MAP(X)
#undef X
    };
    const message_type *event = &dealerpulse__event__descriptor;
    int tried = 0;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct wanted wanted = {.type = types[i]};
        const message_type *payload = message_of(event, types[i]);
        if (types[i] == EVENT_CORRECT)
            wanted.replacement = next_replacement(0);
        do {
            tried += each_kept(wanted, event) + each_kept(wanted, payload);
            if (wanted.replacement)
                tried +=
                    each_kept(wanted, message_of(payload, wanted.replacement));
            if (wanted.replacement)
                wanted.replacement = next_replacement(wanted.replacement);
        } while (wanted.replacement);
    }
    assert_true(tried >= FIELDS_TRIED_LEAST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_every_type_is_written_as_it_was_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
