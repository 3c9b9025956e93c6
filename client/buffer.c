// SPDX-License-Identifier: Apache-2.0
#include "client/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buffer_fini(struct buffer *text)
{
    free(text->data);
    *text = (struct buffer){0};
}

char *
buffer_take(struct buffer *text, size_t *length)
{
    buffer_put(text, ""); // an empty text is a text, too
    if (text->failed) {
        buffer_fini(text);
        return NULL;
    }
    char *data = text->data;
    *length = text->used;
    *text = (struct buffer){0};
    return data;
}

// reserve makes room for `more` bytes and a NUL.
static bool
reserve(struct buffer *text, size_t more)
{
    size_t needed = text->used + more + 1;

    if (text->failed || needed <= text->capacity)
        return !text->failed;
    size_t capacity = needed < 512 ? 1024 : needed * 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void
buffer_bytes(struct buffer *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    memcpy(text->data + text->used, bytes, length);
    text->used += length;
    text->data[text->used] = 0;
}

void
buffer_put(struct buffer *text, const char *string)
{
    buffer_bytes(text, string, strlen(string));
}

void
buffer_format(struct buffer *text, const char *format, ...)
{
    char line[1024];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof line)
        text->failed = true; // longer pieces go through the functions above
    else
        buffer_bytes(text, line, (size_t)length);
}

// sequence_length returns how many bytes the UTF-8 sequence at `at` has, 0
// when it is not one (overlong and surrogates included).
static size_t
sequence_length(const unsigned char *at)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0},
                 {0xe0, 0xc0, 0x80},
                 {0xf0, 0xe0, 0x800},
                 {0xf8, 0xf0, 0x10000}};

    for (size_t extra = 0; extra < 4; extra++) {
        if ((at[0] & forms[extra].mask) != forms[extra].lead)
            continue;
        uint32_t point = at[0] & (unsigned char)~forms[extra].mask;
        for (size_t i = 1; i <= extra; i++) {
            if ((at[i] & 0xc0) != 0x80) // also at the final NUL
                return 0;
            point = point << 6 | (at[i] & 0x3f);
        }
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        return point < forms[extra].least || surrogate || point > 0x10ffff
                   ? 0
                   : extra + 1;
    }
    return 0;
}

void
buffer_json(struct buffer *text, const char *string)
{
    if (!string) {
        buffer_put(text, "null");
        return;
    }
    buffer_put(text, "\"");
    for (const unsigned char *at = (const unsigned char *)string; *at;) {
        size_t length = sequence_length(at);
        if (length == 0)
            buffer_put(text, "\xef\xbf\xbd");
        else if (*at < 0x20 || *at == 0x7f || *at == '<')
            buffer_format(text, "\\u%04x", *at);
        else if (*at == '"' || *at == '\\')
            buffer_format(text, "\\%c", *at);
        else
            buffer_bytes(text, (const char *)at, length);
        at += length ? length : 1;
    }
    buffer_put(text, "\"");
}

void
buffer_csv(struct buffer *text, const char *string)
{
    bool formula = string[0] && strchr("=+-@\t\r", string[0]);

    if (!formula && !strpbrk(string, ",\"\r\n")) {
        buffer_put(text, string);
        return;
    }
    buffer_put(text, formula ? "\"'" : "\"");
    for (const char *at = string; *at; at++) {
        if (*at == '"')
            buffer_put(text, "\"");
        buffer_bytes(text, at, 1);
    }
    buffer_put(text, "\"");
}

void
buffer_plain(struct buffer *text, const char *string)
{
    for (const unsigned char *at = (const unsigned char *)string; *at; at++) {
        // C1 controls arrive as C2 80..9F in UTF-8.
        bool c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f;
        if (*at < 0x20 || *at == 0x7f || c1)
            buffer_put(text, "?");
        else
            buffer_bytes(text, (const char *)at, 1);
        at += c1;
    }
}
