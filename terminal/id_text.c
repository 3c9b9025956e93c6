// SPDX-License-Identifier: Apache-2.0
#include "terminal/id_text.h"

void
id_text_put(char text[ID_TEXT_SIZE], const uint8_t id[16])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *text++ = '-';
        *text++ = digits[id[i] >> 4];
        *text++ = digits[id[i] & 15];
    }
    *text = '\0';
}
