// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

// The one piece of state shared by every thread of a process.
static atomic_int threshold = LOG_LEVEL_INFO;

void
log_threshold(enum log_level level)
{
    atomic_store(&threshold, (int)level);
}

// A line stays a line whatever was put into it.
static void
flatten(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = '?';
}

void
log_line(enum log_level level, const char *event, const char *format, ...)
{
    if ((int)level > atomic_load(&threshold))
        return;

    char line[LINE_MAX_BYTES];
    int head = snprintf(line, sizeof line, "<%d>%s", (int)level, event);
    if (head < 0)
        return;
    size_t used = (size_t)head;
    size_t last = sizeof line - 1; // kept for the line end
    if (used < last && format[0] != '\0') {
        line[used++] = ' ';
        va_list arguments;
        va_start(arguments, format);
        int body = vsnprintf(line + used, last - used, format, arguments);
        va_end(arguments);
        used += body > 0 ? (size_t)body : 0;
    }
    if (used > last - 1)
        used = last - 1; // vsnprintf's NUL takes the last place
    flatten(line, used);
    line[used++] = '\n';

    // One write, so that lines of several threads do not mix.
    ssize_t written = write(STDERR_FILENO, line, used);
    (void)written; // nobody is left to tell
}

static bool
is_plain(uint8_t c)
{
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static bool
needs_quotes(struct span value)
{
    if (value.length == 0)
        return true;
    for (uint32_t i = 0; i < value.length; i++)
        if (value.data[i] == ' ' || value.data[i] == '=')
            return true;
    return false;
}

const char *
log_value(char text[LOG_VALUE_MAX], struct span value)
{
    static const char hex[] = "0123456789abcdef";
    bool quoted = needs_quotes(value);
    size_t used = 0;
    // Room for an escape, the dots of a cut value, the quote and the NUL.
    size_t limit = LOG_VALUE_MAX - 4 - 3 - 1 - 1;

    if (quoted)
        text[used++] = '"';
    for (uint32_t i = 0; i < value.length; i++) {
        uint8_t c = value.data[i];
        if (used > limit) {
            memcpy(text + used, "...", 3);
            used += 3;
            break;
        }
        if (is_plain(c) || (c == ' ' && quoted)) {
            text[used++] = (char)c;
        } else {
            text[used++] = '\\';
            text[used++] = 'x';
            text[used++] = hex[c >> 4];
            text[used++] = hex[c & 15];
        }
    }
    if (quoted)
        text[used++] = '"';
    text[used] = '\0';
    return text;
}
