// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/samples.h"

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "tests/fuzz/fuzz.h"

const char *
samples_path(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", SAMPLES_FOLDER, name);
    return path;
}

struct rulebook *
samples_rulebook(void)
{
    static struct rulebook *rulebook;
    static struct problems problems;

    if (!rulebook && programme_load(samples_path("samples/demo/programme.yaml"),
                                    &rulebook, &problems) != STATUS_OK) {
        problems_print(&problems);
        exit(EXIT_FAILURE);
    }
    return rulebook;
}

struct directory *
samples_directory(void)
{
    static struct directory *directory;
    static struct problems problems;

    if (!directory && dealers_load(samples_path("samples/demo/dealers.csv"),
                                   &directory, &problems) != STATUS_OK) {
        problems_print(&problems);
        exit(EXIT_FAILURE);
    }
    return directory;
}

const struct rulebook_history *
samples_history(void)
{
    static const struct rulebook *versions[1];
    static struct rulebook_history history;

    versions[0] = samples_rulebook();
    history = (struct rulebook_history){.versions = versions, .count = 1};
    return &history;
}
