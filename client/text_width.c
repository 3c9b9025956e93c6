// SPDX-License-Identifier: Apache-2.0
#include "client/text_width.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

// step measures the character at `at`; *length is how many bytes it has.
static size_t
step(const char *at, size_t *length)
{
    mbstate_t state = {0};
    wchar_t letter;

    size_t bytes = mbrtowc(&letter, at, strlen(at), &state);
    bool is_one = bytes > 0 && bytes <= 4; // the errors are huge
    *length = is_one ? bytes : 1;
    int width = is_one ? wcwidth(letter) : 1;
    return width < 0 ? 1 : (size_t)width;
}

// The C library's own UTF-8, which is always there; none: bytes are counted.
static locale_t
speak_utf8(locale_t *before)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    *before = uselocale(utf8);
    return utf8;
}

static void
speak_as_before(locale_t utf8, locale_t before)
{
    uselocale(before);
    if (utf8)
        freelocale(utf8);
}

// fitting returns the bytes of `text` that take at most `most` columns, and in
// *width how many they take.
static size_t
fitting(const char *text, size_t most, size_t *width)
{
    locale_t before, utf8 = speak_utf8(&before);
    const char *at = text;

    *width = 0;
    while (*at) {
        size_t length, wide = step(at, &length);
        if (wide > most - *width)
            break;
        *width += wide;
        at += length;
    }
    speak_as_before(utf8, before);
    return (size_t)(at - text);
}

size_t
text_width(const char *text)
{
    size_t width;

    (void)fitting(text, SIZE_MAX, &width);
    return width;
}

static void
spaces(struct buffer *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_put(out, " ");
}

void
text_fit(struct buffer *out, const char *text, size_t width, bool right)
{
    struct buffer plain = {0};
    size_t wide, length;

    buffer_plain(&plain, text);
    const char *shown = plain.data ? plain.data : "";
    length = fitting(shown, width, &wide);
    bool cut = shown[length] != 0 && width > 0;
    if (cut)
        length = fitting(shown, width - 1, &wide);
    size_t empty = width - wide - cut;
    spaces(out, right ? empty : 0);
    buffer_bytes(out, shown, length);
    buffer_put(out, cut ? "…" : "");
    spaces(out, right ? 0 : empty);
    out->failed |= plain.failed;
    buffer_fini(&plain);
}
