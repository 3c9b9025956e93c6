// SPDX-License-Identifier: Apache-2.0
#include "common/domain/outcome.h"

enum { FINAL_CODE_MAX = 63, RETRY_AFTER_MS = 60000 };

struct outcome
outcome_of(enum code code, const char *field)
{
    struct outcome outcome = {.code = code, .field = field};

    if (code == CODE_NONE)
        outcome.kind = OUTCOME_ACCEPTED;
    else if (code == CODE_ALREADY_STORED)
        outcome.kind = OUTCOME_DUPLICATE;
    else if ((uint32_t)code <= FINAL_CODE_MAX)
        outcome.kind = OUTCOME_REJECTED;
    else
        outcome.kind = OUTCOME_RETRY;
    if (outcome.kind == OUTCOME_RETRY)
        outcome.after_ms = RETRY_AFTER_MS;
    return outcome;
}

bool
code_known(uint32_t number)
{
    switch (number) {
#define X(name, number, text) case number:
        CODE_MAP(X)
#undef X
        return true;
    default:
        return false;
    }
}

const char *
code_name(uint32_t number)
{
    switch (number) {
#define X(name, number, text)                                                  \
    case number:                                                               \
        return #name;
        CODE_MAP(X)
#undef X
    default:
        return "UNKNOWN";
    }
}

const char *
code_text(uint32_t number)
{
    switch (number) {
#define X(name, number, text)                                                  \
    case number:                                                               \
        return text;
        CODE_MAP(X)
#undef X
    default:
        return "unknown code";
    }
}
