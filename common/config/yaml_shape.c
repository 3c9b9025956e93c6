// SPDX-License-Identifier: Apache-2.0
//
// The first look at a file, token by token and before anything is kept of it:
// libyaml's loader takes hours for some megabytes of brackets or anchors.
#include "common/config/yaml_check.h"
#include "common/config/yaml_tree.h"

struct shape {
    const char *file;
    struct problems *problems;
    unsigned depth, documents;
};

static bool
refuse(const struct shape *shape, const yaml_event_t *event, const char *text)
{
    problem_add(shape->problems, shape->file,
                (unsigned)event->start_mark.line + 1, "", "%s", text);
    return false;
}

static bool
has_anchor(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL;
    default:
        return false;
    }
}

static bool
take_event(struct shape *shape, const yaml_event_t *event)
{
    bool ends = event->type == YAML_SEQUENCE_END_EVENT ||
                event->type == YAML_MAPPING_END_EVENT;
    bool begins = event->type == YAML_SEQUENCE_START_EVENT ||
                  event->type == YAML_MAPPING_START_EVENT;

    if (has_anchor(event))
        return refuse(shape, event,
                      "anchors and aliases are not read here; write it out");
    if (event->type == YAML_DOCUMENT_START_EVENT && shape->documents++ > 0)
        return refuse(shape, event, "holds a second document (---)");
    if ((begins || event->type == YAML_SCALAR_EVENT) &&
        shape->depth >= YAML_DEPTH_MAX)
        return refuse(shape, event, "is nested too deep");
    shape->depth += begins;
    shape->depth -= ends;
    return true;
}

enum status
yaml_check_shape(yaml_parser_t *parser, const char *file,
                 struct problems *problems)
{
    struct shape shape = {.file = file, .problems = problems};
    bool good = true, more = true;

    while (good && more) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return yaml_check_failed(parser, file, problems);
        good = take_event(&shape, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return good ? STATUS_OK : STATUS_MALFORMED;
}
