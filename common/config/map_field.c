// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "common/config/map_parts.h"
#include "common/config/text.h"
#include "common/domain/notice.h"

static const struct {
    const char *name;
    enum map_kind kind;
    unsigned types;
} fields[] = {
#define X(field, name, kind, types) {name, MAP_##kind, types},
    MAP_FIELD_MAP(X)
#undef X
};

const char *
map_field_name(enum map_field field)
{
    return fields[field].name;
}

enum map_kind
map_field_kind(enum map_field field)
{
    return fields[field].kind;
}

// Names in the order of their numbers in proto/event.proto, from `first`.
struct names {
    int64_t first;
    size_t count;
    const char *const *words;
};

#define NAMES(first, words)                                                    \
    (struct names)                                                             \
    {                                                                          \
        first, sizeof(words) / sizeof *(words), words                          \
    }

static struct names
names_of(enum map_field field)
{
    static const char *const issuers[] = {"DEALER", "HQ"};
    static const char *const modes[] = {"TERMINAL", "APP",   "SMS",
                                        "WEB",      "PHONE", "PAPER"};
    static const char *const channels[] = {
        "COUNTER", "HOTLINE", "WEB", "MAIL", "CHAT", "APP", "SOCIAL", "FAX"};
    static const char *const phases[] = {"PRE_SALE", "SALE", "AFTER_SALE"};
    static const char *const touchpoints[] = {
        "GUARD",   "BAR",   "CLEANER", "RECEPTION", "ADVISOR",  "TECHNICIAN",
        "CASHIER", "PARTS", "HOTLINE", "SALES",     "DELIVERY", "WEB"};
    static const char *const attributions[] = {"DEALER", "MAKER", "PARTS",
                                               "CUSTOMER", "UNKNOWN"};
    static const char *const classes[] = {"GENERAL", "COMPLEX", "HARD",
                                          "EMERGENCY"};
    static const char *const kinds[] = {
        "ACK",          "RESPONSE", "UPDATE",  "APOLOGY",  "RESPONSIBILITY",
        "COMPENSATION", "RESOLVED", "CLOSED",  "REOPENED", "CUSTOMER_CONFIRMED",
        "RECLASSIFY",   "REASSIGN", "DISPATCH"};
    static const char *const verdicts[] = {
        "CONFIRMED_DEALER", "CONFIRMED_MAKER", "UNFOUNDED", "FRAUD"};

    if (field == MAP_FIELD_ISSUER)
        return NAMES(0, issuers);
    if (field == MAP_FIELD_MODE)
        return NAMES(1, modes);
    if (field == MAP_FIELD_CHANNEL)
        return NAMES(1, channels);
    if (field == MAP_FIELD_PHASE)
        return NAMES(1, phases);
    if (field == MAP_FIELD_TOUCHPOINT)
        return NAMES(1, touchpoints);
    if (field == MAP_FIELD_ATTRIBUTION)
        return NAMES(1, attributions);
    if (field == MAP_FIELD_CLASS)
        return NAMES(CLASS_GENERAL, classes);
    if (field == MAP_FIELD_KIND)
        return NAMES(ACTION_ACK, kinds);
    return NAMES(VERDICT_CONFIRMED_DEALER, verdicts);
}

static bool
read_name(enum map_field field, const char *text, int64_t *out)
{
    struct names names = names_of(field);

    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.words[i], text) != 0)
            continue;
        *out = names.first + (int64_t)i;
        return true;
    }
    return false;
}

static bool
read_number(enum map_field field, const char *text, int64_t *out)
{
    int64_t value;

    if (!text_whole(span_text(text), &value))
        return false;
    if (field == MAP_FIELD_QUESTIONNAIRE_VERSION &&
        (value < 1 || value > UINT32_MAX))
        return false;
    if (field == MAP_FIELD_DURATION_MS && (value < 0 || value > UINT32_MAX))
        return false;
    if (field == MAP_FIELD_SEVERITY && (value < 1 || value > 4))
        return false;
    *out = value;
    return true;
}

static bool
read_bool(const char *text, int64_t *out)
{
    static const char *const words[] = {"false", "true", "0",     "1",
                                        "no",    "yes",  "FALSE", "TRUE"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], text) != 0)
            continue;
        *out = i & 1;
        return true;
    }
    return false;
}

// read_notice reads what one field of a notice may be.
static bool
read_notice(const struct notice_field *field, const char *text, int64_t *out)
{
    if (field->form == NOTICE_BOOL)
        return read_bool(text, out);
    if (field->form != NOTICE_NAME)
        return text_whole(span_text(text), out) && *out >= field->least &&
               *out <= field->most;
    for (int64_t i = 0; i < field->most; i++)
        if (strcmp(field->words[i], text) == 0) {
            *out = i + 1;
            return true;
        }
    return false;
}

// notice_field_of returns what a map's field is in a notice, NULL for fields
// of all events and of types that are no notice.
static const struct notice_field *
notice_field_of(enum map_field field, enum event_type type)
{
    const uint32_t n = notice_field_by_name(type, fields[field].name);

    return n != 0 ? &notice_shape(type)->fields[n] : NULL;
}

bool
map_field_number(enum map_field field, enum event_type type, const char *text,
                 int64_t *out)
{
    const struct notice_field *const notice = notice_field_of(field, type);

    if (notice)
        return !notice_is_words(notice) && read_notice(notice, text, out);
    switch (fields[field].kind) {
    case MAP_NAME:
        return read_name(field, text, out);
    case MAP_NUMBER:
        return read_number(field, text, out);
    case MAP_BOOL:
        return read_bool(text, out);
    case MAP_TEXT:
    case MAP_BYTES:
        return false;
    }
    return false;
}

// text_max is how long docs/PROTOCOL.md lets a text other than a dealer be.
static size_t
text_max(enum map_field field, enum event_type type)
{
    const struct notice_field *const notice = notice_field_of(field, type);
    enum { SHORT_MAX = 32, LONG_MAX = 256 };

    if (notice)
        return (size_t)notice->most;

    if (field == MAP_FIELD_QUESTIONNAIRE || field == MAP_FIELD_WORK_TYPE)
        return SHORT_MAX;
    return field == MAP_FIELD_NEXT_STEP ? LONG_MAX : NATURAL_KEY_MAX;
}

static void
check_text(struct node node, enum map_field field, enum event_type type,
           const char *text)
{
    struct span span = span_text(text);
    bool dealer = field == MAP_FIELD_DEALER || field == MAP_FIELD_REASSIGN_TO;
    size_t max = text_max(field, type);

    if (dealer && !text_is_word(span, DEALER_ID_MAX))
        node_problem(node, "\"%s\" is no dealer's id", text);
    if (!dealer && (span.length > max || !text_is_clean(span)))
        node_problem(node, "\"%s\" must be at most %zu bytes on one line", text,
                     max);
}

// What the map itself says can be judged before any file is read.
static void
check_value(struct node node, enum map_field field, enum event_type type,
            const char *text)
{
    enum map_kind kind = fields[field].kind;
    int64_t number;

    if (kind == MAP_BYTES)
        return;
    if (kind == MAP_TEXT)
        check_text(node, field, type, text);
    else if (!map_field_number(field, type, text, &number))
        node_problem(node,
                     "\"%s\" is no value of %s (docs/IMPORT.md lists "
                     "them)",
                     text, fields[field].name);
}

static void
check_transform(struct node node, enum map_field field,
                enum source_transform transform)
{
    bool bytes = fields[field].kind == MAP_BYTES;
    bool hashed = transform == TRANSFORM_HEX || transform == TRANSFORM_HASH;

    if (bytes && !hashed)
        node_problem(node, "must say `as: hex` (already hashed) or `as: hash`");
    if (!bytes && hashed)
        node_problem(node,
                     "`as: hex` and `as: hash` are for customer, vehicle, "
                     "contact, device, network, "
                     "referrer, replaces_vehicle");
    if (fields[field].kind != MAP_TEXT && transform == TRANSFORM_SLUG)
        node_problem(node, "`as: slug` is for names and ids");
}

void
map_field_check(struct node node, enum map_field field, enum event_type type,
                const struct source *source)
{
    check_transform(node, field, source->transform);
    if (source->transform != TRANSFORM_NONE)
        return;
    if (source->kind == SOURCE_CONSTANT && source->table_count == 0)
        check_value(node, field, type, source->text);
    for (size_t i = 0; i < source->table_count; i++)
        if (source->table[i].to[0])
            check_value(node, field, type, source->table[i].to);
    if (source->otherwise && source->otherwise[0])
        check_value(node, field, type, source->otherwise);
}

static unsigned
types_of(enum event_type type)
{
    switch (type) {
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
        return MAP_OF_INVITATION;
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        return MAP_OF_SURVEY;
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        return MAP_OF_VISIT;
    case EVENT_COMPLAINT_OPENED:
        return MAP_OF_OPENING;
    case EVENT_COMPLAINT_ACTION:
        return MAP_OF_ACTION;
    case EVENT_COMPLAINT_VERDICT:
        return MAP_OF_VERDICT;
#define X(name, number) case EVENT_##name:
        NOTICE_TYPE_MAP(X)
#undef X
        return MAP_OF_NOTICE;
    case EVENT_VOID:
    case EVENT_UNVOID:
    case EVENT_CORRECT:
    case EVENT_HOLD:
    case EVENT_RELEASE:
        return MAP_OF_CONTROL;
    case EVENT_NONE:
        break;
    }
    // A type that could not be read: the fields of all are no further mistake.
    return MAP_OF_ALL;
}

bool
map_field_fits(enum map_field field, enum event_type type)
{
    if (event_is_notice(type) && fields[field].types != MAP_OF_ALL)
        return notice_field_of(field, type) != NULL;
    return fields[field].types & types_of(type);
}
