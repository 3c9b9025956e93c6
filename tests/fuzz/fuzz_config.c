// SPDX-License-Identifier: Apache-2.0
//
// dealerpulse.yaml: what is taken is fit for every program.
#include "common/config/config.h"
#include "common/config/endpoint.h"
#include "tests/fuzz/readers.h"

static void
fit(const struct config *config)
{
    must(endpoint_valid(config->aggregator.listen) &&
             endpoint_valid(config->aggregator.queries) &&
             endpoint_valid(config->collector.listen[0].endpoint) &&
             endpoint_valid(config->collector.aggregator) &&
             endpoint_valid(config->reporter.publish) &&
             endpoint_http_valid(config->reporter.http),
         "endpoints are endpoints");
    for (size_t i = 0; i < config->terminal.collector_count; i++)
        must(endpoint_valid(config->terminal.collectors[i].endpoint),
             "collectors are endpoints");
    for (size_t i = 0; i < config->terminal.dealer_count; i++)
        must(text_is_word(span_text(config->terminal.dealers[i]), 32),
             "dealers are names");
    must(text_is_word(span_text(config->collector.name), 32) &&
             text_is_word(span_text(config->terminal.name), 32),
         "names are names");
    must(config->collector.credit > 0 && config->aggregator.checkpoint_ms > 0 &&
             config->reporter.refresh_ms > 0,
         "nothing is done without end");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct problems problems;
    static struct config config;

    problems = (struct problems){0};
    enum status status =
        config_read(span_of(data, size), "etc/c.yaml", &config, &problems);
    judge(status, &problems);
    if (status == STATUS_OK)
        fit(&config);
    config_free(&config);
    return 0;
}
