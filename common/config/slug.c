// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "common/config/map.h"
#include "common/runtime/crc32c.h"

enum { KEPT = DEALER_ID_MAX - 9 }; // room for "-" and 8 hex digits

static bool
is_kept(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9');
}

void
map_slug(struct span name, char slug[DEALER_ID_MAX + 1])
{
    size_t length = 0, whole = 0; // written, and as long as it would be
    bool gap = false;

    for (uint32_t i = 0; i < name.length; i++) {
        if (!is_kept(name.data[i])) {
            gap = whole > 0;
            continue;
        }
        if (gap && whole++ < DEALER_ID_MAX)
            slug[length++] = '-';
        if (whole++ < DEALER_ID_MAX)
            slug[length++] = (char)name.data[i];
        gap = false;
    }
    slug[length] = '\0';
    if (whole >= 1 && whole <= DEALER_ID_MAX)
        return;
    if (whole == 0)
        slug[length++] = 'x';
    if (length > KEPT)
        length = KEPT;
    if (slug[length - 1] == '-')
        length--;
    (void)snprintf(slug + length, DEALER_ID_MAX + 1 - length, "-%08x",
                   crc32c(name.data, name.length));
}
