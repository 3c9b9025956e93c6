// SPDX-License-Identifier: Apache-2.0
#include "client/imprint.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void
imprint_add(struct imprint *imprint, const char *name, const char *format, ...)
{
    va_list arguments;

    assert(imprint->count < IMPRINT_FACTS_MAX);
    imprint->facts[imprint->count].name = name;
    va_start(arguments, format);
    vsnprintf(imprint->facts[imprint->count].text, IMPRINT_TEXT_MAX, format,
              arguments);
    va_end(arguments);
    imprint->count += 1;
}

void
imprint_add_hash(struct imprint *imprint, const char *name, const uint8_t *hash,
                 size_t size)
{
    char text[IMPRINT_TEXT_MAX] = "";

    for (size_t i = 0; i < size && 2 * i + 3 <= sizeof text; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    imprint_add(imprint, name, "%s", text);
}

static void
fill(const void *context, size_t row, struct grid_cell *cells)
{
    const struct imprint *imprint = context;

    grid_set_text(&cells[0], imprint->facts[row].name);
    grid_set_text(&cells[1], imprint->facts[row].text);
}

struct grid
imprint_grid(const struct imprint *imprint)
{
    static const struct grid_column columns[] = {
        {.key = "fact", .is_last_on_line = true},
        {.key = "value", .is_last_on_line = true}};

    return (struct grid){.name = "About",
                         .column_count = sizeof columns / sizeof *columns,
                         .columns = columns,
                         .row_count = imprint->count,
                         .fill = fill,
                         .context = imprint};
}

void
imprint_json(const struct imprint *imprint, struct buffer *text)
{
    buffer_put(text, "{");
    for (size_t i = 0; i < imprint->count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        buffer_json(text, imprint->facts[i].name);
        buffer_put(text, ":");
        buffer_json(text, imprint->facts[i].text);
    }
    buffer_put(text, "}");
}
