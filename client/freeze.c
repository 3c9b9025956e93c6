// SPDX-License-Identifier: Apache-2.0
#include "client/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "client/stint.h"
#include "common/domain/peer.h"
#include "common/domain/sampling.h"

// What a scope's dealers bring; arrays have room for all dealers.
struct gathering {
    const struct figures *figures;
    const struct scheme_dimension *dimension;
    struct kpi_rule rule;
    struct kpi *kpis; // of those in scope
    struct sample *samples;
    int64_t *values;
    size_t count, sample_count, value_count;
};

static enum status
gather(struct gathering *gathering, const char *scope)
{
    const struct figures *figures = gathering->figures;

    gathering->count = gathering->sample_count = 0;
    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *part;
        enum status status =
            stint_part(&part, figures, &figures->dealers[i], scope);
        if (status != STATUS_OK)
            return status;
        if (!part || !part->memory)
            continue;
        struct sample sample = {0};
        gathering->kpis[gathering->count++] =
            kpi_of(figures->rulebook, &gathering->rule, &part->tally, true);
        if (!sample_add(&sample, figures->rulebook, &gathering->rule,
                        &part->tally, true))
            sample.n = -1; // refused by credibility_of
        if (sample.n != 0)
            gathering->samples[gathering->sample_count++] = sample;
    }
    return STATUS_OK;
}

// choose makes the values of those with enough answers.
static void
choose(struct gathering *gathering, const struct freeze *freeze)
{
    struct scheme_dimension judged = *gathering->dimension;

    judged.is_shrunken = freeze->is_shrunken;
    judged.shrink = freeze->shrink;
    gathering->value_count = 0;
    for (size_t i = 0; i < gathering->count; i++)
        if (scheme_value(&judged, &gathering->kpis[i],
                         &gathering->values[gathering->value_count]))
            gathering->value_count++;
}

// look fills what a scope has and tells whether that is enough.
static enum status
look(struct gathering *gathering, const char *scope, struct freeze *out,
     bool *enough)
{
    const struct rulebook *rulebook = gathering->figures->rulebook;
    const struct peer_group *group = peer_find(rulebook, scope);
    const uint32_t unit = sample_unit(rulebook, &gathering->rule);
    struct credibility credibility = {0};

    enum status status = gather(gathering, scope);
    if (status != STATUS_OK)
        return status;
    *out = (struct freeze){0};
    out->is_shrunken =
        unit > 0 && sample_spread(gathering->samples, gathering->sample_count,
                                  unit, &credibility);
    out->shrink = credibility.shrink;
    choose(gathering, out);
    out->dealers = gathering->value_count;
    *enough = out->dealers >= (group ? group->min_members : FREEZE_LEAST);
    return STATUS_OK;
}

static enum status
freeze_scopes(struct gathering *gathering, const char *scope,
              struct freeze *out)
{
    char name[SCOPE_MAX], wider[SCOPE_MAX];
    enum status status;
    bool enough = false;

    strcpy(wider, scope);
    do {
        strcpy(name, wider);
        status = look(gathering, name, out, &enough);
    } while (status == STATUS_OK && !enough &&
             peer_wider(gathering->figures->rulebook, name, wider));
    if (status != STATUS_OK || out->dealers == 0)
        return status;
    strcpy(out->scope, name);
    freeze_scale(gathering->values, gathering->value_count,
                 gathering->dimension->form,
                 gathering->dimension->lower_is_better, &out->scale);
    return STATUS_OK;
}

enum status
freeze_of(struct freeze *out, const struct figures *figures,
          const struct scheme_dimension *dimension, const char *scope)
{
    const size_t room = figures->dealer_count + 1;
    struct kpi_rule made;
    struct gathering gathering = {
        .figures = figures,
        .dimension = dimension,
        .kpis = calloc(room, sizeof *gathering.kpis),
        .samples = calloc(room, sizeof *gathering.samples),
        .values = calloc(room, sizeof *gathering.values)};
    const struct kpi_rule *rule =
        rulebook_kpi(figures->rulebook, dimension->kpi, &made);
    enum status status = STATUS_SYSTEM;

    *out = (struct freeze){0};
    if (rule) // common/config has seen to it
        gathering.rule = *rule;
    if (gathering.kpis && gathering.samples && gathering.values)
        status = freeze_scopes(&gathering, scope, out);
    free(gathering.kpis);
    free(gathering.samples);
    free(gathering.values);
    return status;
}
