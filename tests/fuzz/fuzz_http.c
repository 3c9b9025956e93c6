// SPDX-License-Identifier: Apache-2.0
//
// What a browser sends, and what the aggregator told the reporter before.  The
// first line is the address, the second the Host header, the third the entity
// tags; an answer of the query port may follow, whose tallies are then what is
// shown.  Whatever is asked gets exactly one answer, fit to be sent.
#include "client/selection.h"
#include "common/wire/event_code.h"
#include "common/wire/query.h"
#include "common/wire/text.h"
#include "reporter/address.h"
#include "reporter/site.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

enum { LINE_MAX_BYTES = 4096 };

static const int64_t NOW_MS = 1790000000000;

// take_line copies up to the next line end, NUL-terminated.
static void
take_line(struct feed *feed, char *line)
{
    size_t used = 0;

    while (feed->left > 0) {
        uint8_t byte = feed_byte(feed);
        if (byte == '\n')
            break;
        if (byte != 0 && used + 1 < LINE_MAX_BYTES)
            line[used++] = (char)byte;
    }
    line[used] = '\0';
}

static struct tally_table *
take_table(struct feed *feed)
{
    struct tally_table *table = tally_table_alloc();
    struct answer_frame answer;
    struct tally_row row;
    uint32_t counter;
    int64_t value;

    must(table, "there is memory");
    if (answer_read(span_of(feed->at, feed->left), &answer) != CODE_NONE)
        return table;
    while (answer_next_tally(&answer.tallies, &row)) {
        enum status status =
            tally_table_begin_row(table, row.month, row.dealer, row.slice);
        while (status == STATUS_OK && row_next(&row, &counter, &value))
            status = tally_table_put(table, counter, value);
        if (status != STATUS_OK)
            break;
    }
    tally_table_seal(table);
    return table;
}

// book_of_samples is shared with every snapshot and never freed.
static struct book *
book_of_samples(void)
{
    static struct book *book;

    if (!book) {
        book = calloc(1, sizeof *book);
        must(book, "there is memory");
        book->rulebook = samples_rulebook();
        book->directory = samples_directory();
        atomic_init(&book->holders, 1);
    }
    return book_share(book);
}

static void
fit_to_be_sent(const struct response *response)
{
    struct span body = span_of(response->body ? (const uint8_t *)response->body
                                              : response->lent,
                               response->length);

    must(response->status >= 200 && response->status < 600, "it has a status");
    must(body.data != NULL, "it has a body, if an empty one");
    if (response->type && (strncmp(response->type, "text/", 5) == 0 ||
                           strstr(response->type, "json")))
        must(utf8_valid(body), "a text is UTF-8 without NUL");
    must(text_within(span_text(response->filename), ' ', '~') &&
             !strpbrk(response->filename, "\"\\/"),
         "a file's name cannot leave its header");
    must(text_within(span_text(response->etag), ' ', '~'),
         "an entity tag cannot leave its header");
}

static void
ask(const char *address, const char *etags, struct snapshot *snapshot)
{
    static struct counters counters;
    struct site site = {.shelf = shelf_open(), .counters = &counters};
    struct request request = {.if_none_match = etags[0] ? etags : NULL,
                              .wall_ms = NOW_MS,
                              .steady_ms = 1000};
    struct response response;

    must(site.shelf, "there is memory");
    if (snapshot)
        shelf_put(site.shelf, snapshot);
    site_answer(&site, address, &request, &response);
    fit_to_be_sent(&response);
    must(response.status != 500 || strstr(response.body, "64 bits"),
         "nothing that is asked is our fault");
    response_fini(&response);
    shelf_close(site.shelf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char address[LINE_MAX_BYTES], host[LINE_MAX_BYTES],
        etags[LINE_MAX_BYTES];
    struct feed feed = {data, size};
    struct address split;
    struct store_facts facts = {.month_count = 0};

    take_line(&feed, address);
    take_line(&feed, host);
    take_line(&feed, etags);
    (void)address_split(&split, host);
    must(!host_allowed(host, "dp.example", false) ||
             !strpbrk(host, "/@?# \t\r"),
         "no other site's name is served");
    ask(address, etags, NULL);
    ask(address, etags,
        snapshot_alloc(book_of_samples(), take_table(&feed), &facts));
    return 0;
}
