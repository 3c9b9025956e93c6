// SPDX-License-Identifier: Apache-2.0
//
// Whatever a file holds, each reader of configuration either takes it or says
// what is wrong with it; never neither, never both.
#include "common/config/config.h"
#include "common/config/dealers.h"
#include "common/config/map.h"
#include "common/config/programme.h"
#include "tests/fuzz/fuzz.h"

static void
judge(enum status status, struct problems *problems)
{
    must(status == STATUS_OK || status == STATUS_MALFORMED,
         "a text is taken or refused");
    must((status == STATUS_OK) == (problems->count == 0),
         "what is refused has a reason");
    *problems = (struct problems){0};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct problems problems;
    static struct config config;
    struct span text = span_of(data, size);
    struct rulebook *rulebook = NULL;
    struct directory *directory = NULL;
    struct import_map *map = NULL;

    judge(config_read(text, "c", &config, &problems), &problems);
    config_free(&config);
    judge(programme_read(text, "p", &rulebook, &problems), &problems);
    programme_free(rulebook);
    judge(map_read(text, "m", &map, &problems), &problems);
    map_free(map);
    judge(dealers_read(text, "d", &directory, &problems), &problems);
    dealers_free(directory);
    return 0;
}
