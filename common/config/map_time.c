// SPDX-License-Identifier: Apache-2.0
#include "common/config/map_parts.h"
#include "common/config/text.h"
#include "common/domain/notice.h"

const char *
map_time_name(enum map_time time)
{
    static const char *const names[] = {
#define X(time, name) name,
        MAP_TIME_MAP(X)
#undef X
    };

    return names[time];
}

bool
map_time_fits(enum map_time time, enum event_type type)
{
    if (time == MAP_TIME_OCCURRED_AT)
        return true;
    if (event_is_notice(type))
        return notice_field_by_name(type, map_time_name(time)) != 0;
    if (time == MAP_TIME_STARTED_AT)
        return event_type_has_answers(type);
    if (time == MAP_TIME_RECEIVED_AT)
        return type == EVENT_COMPLAINT_OPENED;
    return type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED;
}

static void
check_whole(struct node node, const char *text)
{
    int64_t number;

    if (!text_whole(span_text(text), &number))
        node_problem(node, "\"%s\" must be a whole number", text);
}

static void
read_plus(struct map_draft *draft, struct node node, struct source *source)
{
    if (!map_source(draft, node, source))
        return;
    if (source->kind == SOURCE_CONSTANT)
        check_whole(node, source->text);
    for (size_t i = 0; i < source->table_count; i++)
        if (source->table[i].to[0])
            check_whole(node, source->table[i].to);
    if (source->otherwise && source->otherwise[0])
        check_whole(node, source->otherwise);
    if (source->transform != TRANSFORM_NONE)
        node_problem(node, "is a number; leave out `as`");
}

static void
read_format(struct map_draft *draft, struct node node, struct time_source *time)
{
    char format[64];

    if (!node_text(node, format, sizeof format))
        return;
    if (when_format_valid(format))
        time->format = map_text(draft, span_text(format));
    else
        node_problem(node, "must be iso, ms, s, or name the day in full, such "
                           "as DD.MM.YYYY hh:mm");
}

void
map_time(struct map_draft *draft, struct node node, struct time_source *time)
{
    struct node base = node;
    int64_t at;

    time->format = "iso";
    if (node_kind(node) == NODE_MAP) {
        base = node_need(node, "date");
        read_format(draft, node_get(node, "format"), time);
        read_plus(draft, node_get(node, "plus_days"), &time->plus_days);
        read_plus(draft, node_get(node, "plus_ms"), &time->plus_ms);
    }
    if (!map_source(draft, base, &time->base))
        return;
    if (time->base.transform != TRANSFORM_NONE)
        node_problem(base, "is a date; leave out `as`");
    if (time->base.kind == SOURCE_CONSTANT &&
        !when_read(span_text(time->base.text), time->format,
                   draft->map->offset_s, &at))
        node_problem(base, "\"%s\" is no date in the format %s",
                     time->base.text, time->format);
}
