// SPDX-License-Identifier: Apache-2.0
//
// The parts of dealerpulse.yaml that say where to listen, whom to connect to,
// and with which keys.
#include <string.h>

#include "common/config/config_parts.h"
#include "common/config/text.h"
#include "common/runtime/z85.h"

void
config_key(struct node node, char out[CONFIG_KEY_MAX])
{
    uint8_t ignored[Z85_KEY_BYTES];

    if (node_text(node, out, CONFIG_KEY_MAX) &&
        !z85_key_read(span_text(out), ignored))
        node_problem(node, "must be a public key of 40 Z85 characters in "
                           "quotes, as `dealerpulse keys new` prints it");
}

// --- Where a collector listens -----------------------------------------------

static void
read_listener(const struct place *place, struct node node,
              struct listener *listener)
{
    if (node_kind(node) != NODE_MAP) {
        config_endpoint(node, listener->endpoint);
        return;
    }
    config_endpoint(node_need(node, "endpoint"), listener->endpoint);
    config_endpoint(node_get(node, "advertise"), listener->advertise);
    config_path(place, node_get(node, "key"), listener->key);
}

static void
read_listeners(const struct place *place, struct node list,
               struct collector_config *config)
{
    size_t count = node_count(list);

    if (count < 1 || count > LISTENERS_MAX) {
        node_problem(list, "must list 1 to %d endpoints", LISTENERS_MAX);
        return;
    }
    config->listen_count = count;
    for (size_t i = 0; i < count; i++) {
        config->listen[i] = (struct listener){0};
        read_listener(place, node_at(list, i), &config->listen[i]);
    }
}

void
config_listeners(const struct place *place, struct node collector,
                 struct collector_config *config)
{
    struct node listen = node_get(collector, "listen");

    if (node_kind(listen) == NODE_LIST)
        read_listeners(place, listen, config);
    else if (node_kind(listen) != NODE_ABSENT)
        read_listener(place, listen, &config->listen[0]);
    config_endpoint(node_get(collector, "advertise"),
                    config->listen[0].advertise);
    for (size_t i = 0; i < config->listen_count; i++)
        if (config->listen[i].key[0] == '\0')
            memcpy(config->listen[i].key, config->key, sizeof config->key);
}

// --- The collectors a terminal knows -----------------------------------------

static void
read_collector(struct node node, struct collector_address *collector)
{
    *collector = (struct collector_address){0};
    if (node_kind(node) != NODE_MAP) {
        config_endpoint(node, collector->endpoint);
        return;
    }
    config_endpoint(node_need(node, "endpoint"), collector->endpoint);
    config_key(node_get(node, "key"), collector->key);
}

void
config_collectors(struct node list, struct terminal_config *config)
{
    size_t count = node_count(list);

    if (!node_list(list))
        return;
    if (count < 1 || count > CONFIG_ENDPOINTS_MAX) {
        node_problem(list, "must list 1 to %d endpoints", CONFIG_ENDPOINTS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++)
        read_collector(node_at(list, i), &config->collectors[i]);
    config->collector_count = count;
}

// --- What belongs together ---------------------------------------------------

static const char *
own_key(const struct config *config, enum config_program program)
{
    switch (program) {
    case CONFIG_AGGREGATOR:
        return config->aggregator.key;
    case CONFIG_COLLECTOR:
        return config->collector.key;
    case CONFIG_REPORTER:
        return config->reporter.key;
    case CONFIG_CONSOLE:
        return config->console.key;
    case CONFIG_TERMINAL:
        return config->terminal.key;
    }
    return "";
}

bool
config_has_keys(const struct config *config, enum config_program program)
{
    return own_key(config, program)[0] != '\0';
}

static const char *
terminal_problem(const struct terminal_config *terminal)
{
    for (size_t i = 0; i < terminal->collector_count; i++)
        if ((terminal->collectors[i].key[0] != '\0') !=
            (terminal->key[0] != '\0'))
            return terminal->key[0] != '\0'
                       ? "terminal.key is set: every one of "
                         "terminal.collectors needs the public key of that "
                         "collector, as {endpoint: ..., key: \"...\"}"
                       : "terminal.collectors has a key: terminal.key must "
                         "name the file of this terminal's own secret key";
    return NULL;
}

const char *
config_keys_problem(const struct config *config, enum config_program program)
{
    bool has_keys = config_has_keys(config, program);
    bool serves = program != CONFIG_CONSOLE && program != CONFIG_TERMINAL;
    bool asks = program != CONFIG_AGGREGATOR && program != CONFIG_TERMINAL;

    if (program == CONFIG_TERMINAL)
        return terminal_problem(&config->terminal);
    if (serves && has_keys && config->keyring[0] == '\0')
        return "it has a key, but no keyring says who may speak; name the "
               "file in `keyring`";
    if (serves && !has_keys && config->keyring[0] != '\0')
        return "there is a keyring, but its `key` does not name the file of "
               "its own secret key (`dealerpulse keys new` makes one)";
    if (asks && has_keys && config->aggregator_key[0] == '\0')
        return "it has a key, but not the aggregator's public one; put it "
               "into `aggregator_key`";
    return NULL;
}

const char *
config_reader_problem(const struct reporter_config *reporter)
{
    bool has_certificate = reporter->tls_certificate[0] != '\0';

    if (reporter->tokens[0] != '\0' && reporter->audit[0] == '\0')
        return "reporter.tokens is set: reporter.audit must name the file that "
               "records who signed in and who was refused";
    if (has_certificate != (reporter->tls_key[0] != '\0'))
        return "reporter.tls_certificate and reporter.tls_key go together";
    return NULL;
}
