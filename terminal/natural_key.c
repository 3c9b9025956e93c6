// SPDX-License-Identifier: Apache-2.0
#include "terminal/natural_key.h"

#include "common/crypto/digest.h"

enum { KEY_HASH_SIZE = 16 };

static bool
no_room(struct fault *fault)
{
    return fault_set(fault, CODE_TOO_LARGE, "", "the row's texts are too long");
}

static char *
put_span(char *out, struct span bytes)
{
    for (int i = 0; i < 4; i++)
        *out++ = (char)(bytes.length >> (24 - 8 * i));
    if (bytes.length > 0)
        memcpy(out, bytes.data, bytes.length);
    return out + bytes.length;
}

// join writes length, name, length, value for each cell.
static bool
join(struct scratch *scratch, const struct named_cell *cells, size_t count,
     struct span *joined)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += 8 + (size_t)cells[i].name.length + cells[i].value.length;
    char *out = scratch_take(scratch, size);
    if (!out)
        return false;
    *joined = span_of(out, size);
    for (size_t i = 0; i < count; i++)
        out = put_span(put_span(out, cells[i].name), cells[i].value);
    return true;
}

static const char *
hash_text(struct scratch *scratch, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[KEY_HASH_SIZE];
    char *text = scratch_take(scratch, 2 * sizeof hash + 1);

    if (!text)
        return NULL;
    digest(bytes, hash, sizeof hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        text[2 * i] = digits[hash[i] >> 4];
        text[2 * i + 1] = digits[hash[i] & 15];
    }
    text[2 * sizeof hash] = '\0';
    return text;
}

static bool
read_columns(const struct source_row *row, struct natural_key_value *key,
             struct fault *fault)
{
    const struct natural_key *rule = &row->map->key;
    struct named_cell named[MAP_COLUMNS_MAX];
    const struct named_cell *cells = row->row->all;
    size_t count = row->row->all_count;

    if (rule->column_count > 0) {
        count = rule->column_count;
        for (size_t i = 0; i < count; i++)
            named[i] = (struct named_cell){
                span_text(row->map->columns[rule->columns[i]]),
                row->row->cells[rule->columns[i]]};
        cells = named;
    }
    if (!join(row->scratch, cells, count, &key->bytes) ||
        !(key->text = hash_text(row->scratch, key->bytes)))
        return no_room(fault);
    return true;
}

bool
natural_key_read(const struct source_row *row, struct natural_key_value *key,
                 struct fault *fault)
{
    const struct source *single = &row->map->key.single;

    if (single->kind == SOURCE_ABSENT)
        return read_columns(row, key, fault);
    enum source_result result = source_text(row, single, &key->bytes, fault);
    if (result == SOURCE_IS_ABSENT)
        return fault_set(fault, CODE_MISSING_FIELD,
                         source_column(row->map, single),
                         "the row's key is missing");
    key->text = (const char *)key->bytes.data;
    return result == SOURCE_IS_TEXT;
}
