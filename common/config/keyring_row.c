// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/keyring_parts.h"
#include "common/config/text.h"
#include "common/config/when.h"

static struct span
cell_of(const struct keyring_reading *reading, enum keyring_column column)
{
    size_t place = reading->places[column];
    return place == SIZE_MAX ? (struct span){0} : reading->cells[place];
}

static void
wrong(struct keyring_reading *reading, enum keyring_column column,
      const char *sentence)
{
    keyring_report(reading, reading->csv.line, keyring_column_name(column),
                   "%s", sentence);
}

static void
read_key(struct keyring_reading *reading, enum keyring_column column,
         uint8_t key[Z85_KEY_BYTES])
{
    if (!z85_key_read(cell_of(reading, column), key))
        wrong(reading, column,
              "must be a public key of 40 Z85 characters, as `dealerpulse keys "
              "new` prints it");
}

static int64_t
read_time(struct keyring_reading *reading, enum keyring_column column,
          int64_t otherwise)
{
    struct span cell = cell_of(reading, column);
    struct civil date;
    int64_t at = otherwise;

    if (cell.length == 0)
        return at;
    if (when_date(cell, &date))
        return days_from_civil(date) * DAY_MS;
    if (!when_read(cell, "iso", 0, &at))
        wrong(reading, column,
              "must be a time such as 2026-01-31T00:00:00Z, a date, or empty "
              "for always");
    return at;
}

static void
read_words(struct keyring_reading *reading, struct keyring_entry *entry)
{
    struct span name = cell_of(reading, KEYRING_NAME);
    struct span status = cell_of(reading, KEYRING_STATUS);

    if (!role_named(cell_of(reading, KEYRING_ROLE), &entry->role))
        wrong(reading, KEYRING_ROLE,
              "must be dealer, hq, auditor, reporter or collector");
    if (!text_is_word(name, KEYRING_NAME_MAX))
        wrong(reading, KEYRING_NAME,
              "must be 1 to 32 printable ASCII characters, no spaces");
    else
        (void)text_copy(name, entry->name, sizeof entry->name);
    entry->revoked = text_is(status, "revoked");
    if (!entry->revoked && !text_is(status, "active"))
        wrong(reading, KEYRING_STATUS, "must be active or revoked");
}

// next_word cuts the first word off a list; empty at its end.
static struct span
next_word(struct span *list)
{
    uint32_t start = 0, end;

    while (start < list->length && list->data[start] == ' ')
        start++;
    for (end = start; end < list->length && list->data[end] != ' ';)
        end++;
    struct span word = span_of(list->data + start, end - start);
    *list = span_of(list->data + end, list->length - end);
    return word;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// take_dealer copies a word: a NUL in it would end it before its end.
static const char *
take_dealer(struct keyring_reading *reading, struct span word)
{
    if (!text_is_word(word, DEALER_ID_MAX))
        wrong(reading, KEYRING_DEALERS,
              "a dealer id has 1 to 32 printable ASCII characters");
    return pool_text(&reading->keyring->pool, word);
}

static void
check_dealers(struct keyring_reading *reading,
              const struct keyring_entry *entry)
{
    if (entry->role == ROLE_DEALER && entry->dealer_count == 0)
        wrong(reading, KEYRING_DEALERS,
              "a dealer's key names the dealers it speaks for");
    if (entry->role != ROLE_DEALER && entry->dealer_count > 0)
        wrong(reading, KEYRING_DEALERS, "only a dealer's key names dealers");
    for (uint32_t i = 0; i < entry->dealer_count; i++) {
        const char *dealer = entry->dealers[i];
        if (strcmp(dealer, "HQ") == 0)
            wrong(reading, KEYRING_DEALERS, "HQ is no dealer; say role hq");
        if (i > 0 && strcmp(dealer, entry->dealers[i - 1]) == 0)
            wrong(reading, KEYRING_DEALERS, "names a dealer twice");
    }
}

static void
read_dealers(struct keyring_reading *reading, struct keyring_entry *entry)
{
    struct span list = cell_of(reading, KEYRING_DEALERS), rest = list;

    while (next_word(&rest).length > 0)
        entry->dealer_count++;
    if (entry->dealer_count > KEYRING_DEALERS_MAX) {
        wrong(reading, KEYRING_DEALERS, "names more than 1000 dealers");
        entry->dealer_count = 0;
        return;
    }
    entry->dealers =
        keyring_take(reading, entry->dealer_count + 1, sizeof *entry->dealers);
    for (uint32_t i = 0; entry->dealers && i < entry->dealer_count; i++) {
        entry->dealers[i] = take_dealer(reading, next_word(&list));
        if (!entry->dealers[i]) {
            reading->out_of_memory = true;
            return;
        }
    }
    if (!entry->dealers)
        return;
    qsort(entry->dealers, entry->dealer_count, sizeof *entry->dealers,
          compare_texts);
    check_dealers(reading, entry);
}

void
keyring_row(struct keyring_reading *reading, struct keyring_entry *entry)
{
    *entry = (struct keyring_entry){.line = reading->csv.line};
    read_key(reading, KEYRING_KEY, entry->key);
    read_words(reading, entry);
    read_dealers(reading, entry);
    entry->from = read_time(reading, KEYRING_FROM, INT64_MIN);
    entry->until = read_time(reading, KEYRING_UNTIL, INT64_MAX);
    if (entry->from >= entry->until)
        wrong(reading, KEYRING_UNTIL, "must be later than from");
    entry->signs = cell_of(reading, KEYRING_SIGN).length > 0;
    if (entry->signs)
        read_key(reading, KEYRING_SIGN, entry->sign);
}
