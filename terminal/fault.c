// SPDX-License-Identifier: Apache-2.0
#include "terminal/fault.h"

#include <stdio.h>

#include "common/config/text.h"

bool
fault_set(struct fault *fault, enum code code, const char *column,
          const char *text)
{
    fault->code = code;
    snprintf(fault->column, sizeof fault->column, "%s", column ? column : "");
    snprintf(fault->text, sizeof fault->text, "%s",
             text ? text : code_text((uint32_t)code));
    text_make_clean(fault->column); // it quotes a foreign file
    text_make_clean(fault->text);
    return false;
}
