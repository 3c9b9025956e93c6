// SPDX-License-Identifier: Apache-2.0
#include "terminal/rejects.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "common/runtime/log.h"
#include "common/wire/event_code.h"

enum { SAID_MAX = 10 };

enum status
rejects_init(struct rejects *rejects, const char *imported, bool quiet)
{
    *rejects = (struct rejects){.quiet = quiet};
    int length = snprintf(rejects->path, sizeof rejects->path,
                          "%s.rejects.jsonl", imported);
    if (length < 0 || (size_t)length >= sizeof rejects->path)
        return STATUS_MALFORMED;
    if (!quiet)
        unlink(rejects->path);
    return STATUS_OK;
}

static void
say(const struct rejects *rejects, const char *imported, unsigned line,
    const struct fault *fault)
{
    char column[LOG_VALUE_MAX], text[LOG_VALUE_MAX];

    if (rejects->count > SAID_MAX)
        return;
    if (rejects->count == SAID_MAX) {
        fprintf(stderr, "%s: ... and more\n", imported);
        return;
    }
    fprintf(stderr, "%s:%u: %s%s%s: %s\n", imported, line,
            fault->column[0] ? log_value(column, span_text(fault->column)) : "",
            fault->column[0] ? ": " : "", code_name((uint32_t)fault->code),
            log_value(text, span_text(fault->text)));
}

// make_readable puts a "?" for every byte that is not ASCII in a text that is
// not UTF-8: it quotes a foreign file.
static void
make_readable(char *text)
{
    if (utf8_valid(span_text(text)))
        return;
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            *text = '?';
}

static void
write_line(struct rejects *rejects, unsigned line, const struct fault *fault,
           const char *source)
{
    struct fault readable = *fault;

    make_readable(readable.column);
    make_readable(readable.text);
    json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s}", "line",
                               (json_int_t)line, "column", readable.column,
                               "code", code_name((uint32_t)fault->code), "text",
                               readable.text, "source", source);
    if (!object || json_dumpf(object, rejects->file, JSON_COMPACT) != 0 ||
        putc('\n', rejects->file) == EOF)
        rejects->failed = true;
    json_decref(object);
}

void
rejects_add(struct rejects *rejects, const char *imported, unsigned line,
            const struct fault *fault, const char *source)
{
    say(rejects, imported, line, fault);
    rejects->count += 1;
    if (rejects->quiet)
        return;
    if (!rejects->file)
        rejects->file = fopen(rejects->path, "we");
    if (rejects->file)
        write_line(rejects, line, fault, source);
    else
        rejects->failed = true;
}

enum status
rejects_fini(struct rejects *rejects)
{
    if (rejects->file && fclose(rejects->file) != 0)
        rejects->failed = true;
    rejects->file = NULL;
    return rejects->failed ? STATUS_SYSTEM : STATUS_OK;
}
