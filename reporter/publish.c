// SPDX-License-Identifier: Apache-2.0
#include "reporter/publish.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client/choices.h"
#include "client/render.h"
#include "common/crypto/digest.h"

enum { DIGEST_BYTES = 16, PORT_FREE_MS = 100 };

struct topic {
    char *name; // owned
    uint64_t sequence;
    uint8_t sent[DIGEST_BYTES]; // digest of the figures last sent
};

struct publish {
    struct publisher *publisher; // NULL: to be bound anew
    struct access *access;       // NULL: of a feed without one
    const char *endpoint;
    uint64_t feed;
    size_t topic_count, topic_capacity;
    struct topic *topics;
};

enum status
publish_open(struct publish **out, struct transport *transport,
             const char *endpoint, uint64_t feed)
{
    struct publish *publish = calloc(1, sizeof *publish);
    if (!publish)
        return STATUS_SYSTEM;
    publish->feed = feed;
    enum status status =
        publisher_open(&publish->publisher, transport, endpoint);
    if (status != STATUS_OK) {
        publish_close(publish);
        return status;
    }
    *out = publish;
    return STATUS_OK;
}

enum status
publish_open_guarded(struct publish **out, struct access *access,
                     const char *endpoint, uint64_t feed, int *exit_code)
{
    struct publish *publish = calloc(1, sizeof *publish);
    if (!publish)
        return STATUS_SYSTEM;
    publish->feed = feed;
    publish->access = access;
    publish->endpoint = endpoint;
    enum status status =
        access_publisher(access, &publish->publisher, endpoint, exit_code);
    if (status != STATUS_OK) {
        publish_close(publish);
        return status;
    }
    *out = publish;
    return STATUS_OK;
}

void
publish_look(struct publish *publish)
{
    int exit_code;

    if (!publish->access)
        return;
    if (access_feed_is_stale(publish->access)) {
        publisher_close(publish->publisher);
        publish->publisher = NULL;
        (void)poll(NULL, 0, PORT_FREE_MS); // libzmq closes in its own time
    }
    if (!publish->publisher &&
        access_publisher(publish->access, &publish->publisher,
                         publish->endpoint, &exit_code) != STATUS_OK)
        publish->publisher = NULL; // the next look tries again
}

void
publish_close(struct publish *publish)
{
    if (!publish)
        return;
    publisher_close(publish->publisher);
    for (size_t i = 0; i < publish->topic_count; i++)
        free(publish->topics[i].name);
    free(publish->topics);
    free(publish);
}

static struct topic *
find_topic(struct publish *publish, const char *name)
{
    for (size_t i = 0; i < publish->topic_count; i++)
        if (strcmp(publish->topics[i].name, name) == 0)
            return &publish->topics[i];
    if (publish->topic_count == publish->topic_capacity) {
        size_t capacity = publish->topic_capacity * 2 + 16;
        void *topics =
            reallocarray(publish->topics, capacity, sizeof(struct topic));
        if (!topics)
            return NULL;
        publish->topics = topics;
        publish->topic_capacity = capacity;
    }
    struct topic *topic = &publish->topics[publish->topic_count];
    *topic = (struct topic){.name = strdup(name)};
    if (!topic->name)
        return NULL;
    publish->topic_count += 1;
    return topic;
}

// send sends a ranking whose figures, already rendered, are new.
static enum status
send(struct publish *publish, struct topic *topic,
     const struct ranking *ranking, const struct buffer *figures)
{
    struct buffer text = {0};

    buffer_format(&text, "{\"feed\":%" PRIu64 ",\"sequence\":%" PRIu64 ",",
                  publish->feed, topic->sequence + 1);
    render_head(ranking, &text);
    buffer_format(&text, ",\"open\":%s,", ranking->open ? "true" : "false");
    buffer_bytes(&text, figures->data, figures->used);
    buffer_put(&text, "}\n");
    enum status status =
        text.failed ? STATUS_SYSTEM
                    : publisher_send(publish->publisher, span_text(topic->name),
                                     span_of(text.data, text.used));
    buffer_fini(&text);
    return status;
}

// send_if_new sends a ranking unless its figures are those sent last.
static enum status
send_if_new(struct publish *publish, struct topic *topic,
            const struct ranking *ranking, const struct buffer *figures,
            struct counters *counters)
{
    uint8_t now[DIGEST_BYTES];

    digest(span_of(figures->data, figures->used), now, sizeof now);
    if (topic->sequence > 0 && memcmp(now, topic->sent, sizeof now) == 0)
        return STATUS_OK;
    enum status status = send(publish, topic, ranking, figures);
    if (status != STATUS_OK) {
        counters_add(&counters->publish_failures);
        return status;
    }
    counters_add(&counters->published);
    topic->sequence += 1;
    memcpy(topic->sent, now, sizeof now);
    return STATUS_OK;
}

static enum status
offer(struct publish *publish, const struct ranking *ranking,
      struct counters *counters)
{
    struct buffer name = {0}, figures = {0};

    buffer_put(&name, "ranking/");
    buffer_put(&name, ranking->scope);
    buffer_put(&name, "/");
    buffer_put(&name, ranking->rule.id);
    buffer_put(&name, "/");
    buffer_put(&name, ranking->period);
    render_rows(ranking, &figures);
    struct topic *topic =
        name.failed || figures.failed ? NULL : find_topic(publish, name.data);
    enum status status =
        topic ? send_if_new(publish, topic, ranking, &figures, counters)
              : STATUS_SYSTEM;
    buffer_fini(&name);
    buffer_fini(&figures);
    return status;
}

static bool
is_published(const char *scope)
{
    return strcmp(scope, "nation") == 0 || strncmp(scope, "region:", 7) == 0;
}

// offer_kpi offers a KPI of one month to every scope that has a topic.
static enum status
offer_kpi(struct publish *publish, const struct figures *figures,
          const struct choices *scopes, const struct kpi_rule *rule,
          struct counters *counters)
{
    char period[PERIOD_TEXT_MAX];

    month_name(figures->first, period);
    for (size_t i = 0; i < scopes->count; i++) {
        struct ranking *ranking;
        if (!is_published(scopes->list[i].id))
            continue;
        enum status status = ranking_open_plain(&ranking, figures, rule,
                                                scopes->list[i].id, period);
        if (status != STATUS_OK)
            return status;
        status = offer(publish, ranking, counters);
        ranking_close(ranking);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

// figures_of_month returns the figures of a month, those at hand if they are.
static enum status
figures_of_month(struct figures **figures, const struct material *material,
                 uint32_t month)
{
    if (*figures && (*figures)->first == month)
        return STATUS_OK;
    figures_close(*figures);
    *figures = NULL;
    return figures_open(figures, material->rulebook, material->directory,
                        material->table, month, month, material->now_ms);
}

static enum status
offer_all(struct publish *publish, const struct material *material,
          const struct choices *scopes, struct counters *counters)
{
    struct figures *figures = NULL;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < material->rulebook->kpi_count && status == STATUS_OK;
         i++) {
        const struct kpi_rule *rule = &material->rulebook->kpis[i];
        uint32_t month;
        status = newest_month(material, rule, &month);
        if (status != STATUS_OK || month == MONTH_NONE)
            continue;
        status = figures_of_month(&figures, material, month);
        if (status == STATUS_OK)
            status = offer_kpi(publish, figures, scopes, rule, counters);
    }
    figures_close(figures);
    return status;
}

enum status
publish_changes(struct publish *publish, const struct snapshot *snapshot,
                int64_t now_ms, struct counters *counters)
{
    struct material material = snapshot_material(snapshot, now_ms);
    struct choices scopes;

    publish_look(publish); // nobody hears what came after his key's end
    if (!publish->publisher)
        return STATUS_UNAVAILABLE;
    enum status status =
        scopes_of(&scopes, material.rulebook, material.directory);
    if (status != STATUS_OK)
        return status;
    status = offer_all(publish, &material, &scopes, counters);
    choices_fini(&scopes);
    return status;
}
