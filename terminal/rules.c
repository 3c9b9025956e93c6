// SPDX-License-Identifier: Apache-2.0
#include "terminal/rules.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/config/programme.h"

struct rulebook *
rules_at_hand(const char *path)
{
    struct rulebook *rulebook = NULL;

    if (access(path, R_OK) != 0)
        return NULL;
    struct problems *problems = calloc(1, sizeof *problems);
    if (!problems)
        return NULL;
    enum status status = programme_load(path, &rulebook, problems);
    free(problems);
    return status == STATUS_OK ? rulebook : NULL;
}

uint16_t
rules_suspect(const struct rulebook *rules, const struct event *event)
{
    if (!rules || !event_type_has_answers(event->type))
        return 0;
    const struct survey *survey = &event->survey;
    const struct questionnaire *questionnaire =
        rulebook_questionnaire(rules, survey->questionnaire, survey->version);
    for (size_t i = 0; questionnaire && i < survey->answer_count; i++) {
        const struct answer *answer = &survey->answers[i];
        const struct item *item = rulebook_item(rules, answer->item);
        if (!item || !questionnaire_has(questionnaire, answer->item))
            return answer->item;
        if (answer->value != ANSWER_NOT_APPLICABLE &&
            (answer->value < item->lo || answer->value > item->hi))
            return answer->item;
    }
    return 0;
}
