// SPDX-License-Identifier: Apache-2.0
//
// dealers.csv: who is taken can be found, and all that is said of them is fit
// for a screen.
#include "common/config/dealers.h"
#include "tests/fuzz/readers.h"

static void
row_is_fit(const struct dealer_row *row)
{
    must(text_is_clean(span_text(row->name)) &&
             text_is_clean(span_text(row->region)) &&
             text_is_clean(span_text(row->brand)) &&
             text_is_clean(span_text(row->size)) &&
             text_is_clean(span_text(row->status)),
         "what is said of a dealer is fit for a screen");
}

static void
dealer_is_fit(const struct directory *directory, size_t i)
{
    const struct dealer *dealer = &directory->dealers[i];
    const struct dealer *one = &directory->dealers[directory->by_id[i]];

    must(text_is_word(span_text(dealer->id), DEALER_ID_MAX) &&
             strcmp(dealer->id, "HQ") != 0,
         "an id is a name, and nobody is HQ");
    must(directory_find(directory, span_text(dealer->id)) == dealer,
         "a dealer is found, and once");
    must(i == 0 || strcmp(directory->dealers[directory->by_id[i - 1]].id,
                          one->id) < 0,
         "ids ascend");
    must(dealer->row_count > 0 && dealer_at(dealer, 0), "a dealer has a row");
    for (size_t j = 0; j < dealer->row_count; j++) {
        must(j == 0 || dealer->rows[j - 1].from < dealer->rows[j].from,
             "rows ascend");
        row_is_fit(&dealer->rows[j]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct problems problems;
    struct directory *directory = NULL;

    problems = (struct problems){0};
    enum status status =
        dealers_read(span_of(data, size), "d", &directory, &problems);
    judge(status, &problems);
    if (status != STATUS_OK)
        return 0;
    for (size_t i = 0; i < directory->dealer_count; i++)
        dealer_is_fit(directory, i);
    dealers_free(directory);
    return 0;
}
