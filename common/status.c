// SPDX-License-Identifier: Apache-2.0
#include "common/status.h"

#include <stdlib.h>

const char *
status_text(enum status status)
{
    switch (status) {
#define X(name, text)                                                          \
    case STATUS_##name:                                                        \
        return text;
        STATUS_MAP(X)
#undef X
    }
    abort(); // every status is listed above
}
