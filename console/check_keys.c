// SPDX-License-Identifier: Apache-2.0
#include "console/check_keys.h"

#include <stdio.h>
#include <sys/stat.h>

#include "common/config/keyring.h"
#include "common/runtime/clock.h"

static void
check_secret(const char *what, const char *path, struct problems *problems)
{
    struct stat about;

    if (path[0] == '\0')
        return;
    if (stat(path, &about) != 0) {
        printf("key        %s: %s, not on this host\n", what, path);
        return;
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        problem_add(problems, path, 0, what,
                    "others on this machine may read this secret; `chmod 600 "
                    "%s`",
                    path);
    printf("key        %s: %s\n", what, path);
}

static void
check_program(const struct config *config, const char *file,
              enum config_program program, const char *name,
              struct problems *problems)
{
    // A program without a key is one that runs on another host.
    const char *problem =
        config_has_keys(config, program) || program == CONFIG_TERMINAL
            ? config_keys_problem(config, program)
            : NULL;
    if (problem)
        problem_add(problems, file, 0, name, "%s", problem);
}

static enum status
check_keyring(const char *path, struct problems *problems)
{
    struct keyring *keyring;
    size_t active = 0;

    if (path[0] == '\0')
        return STATUS_OK;
    enum status status = keyring_load(path, &keyring, problems);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < keyring->count; i++)
        active +=
            key_state(&keyring->entries[i], clock_wall_ms()) == KEY_ACTIVE;
    printf("keyring    %s: %zu keys, %zu of them good now\n", path,
           keyring->count, active);
    keyring_free(keyring);
    return STATUS_OK;
}

enum status
check_keys(const struct config *config, const char *file,
           struct problems *problems)
{
    if (!file)
        file = "the defaults";
    check_program(config, file, CONFIG_AGGREGATOR, "aggregator", problems);
    check_program(config, file, CONFIG_COLLECTOR, "collector", problems);
    check_program(config, file, CONFIG_REPORTER, "reporter", problems);
    check_program(config, file, CONFIG_CONSOLE, "console", problems);
    check_program(config, file, CONFIG_TERMINAL, "terminal", problems);
    check_secret("aggregator.key", config->aggregator.key, problems);
    for (size_t i = 0; i < config->collector.listen_count; i++)
        check_secret("collector.key", config->collector.listen[i].key,
                     problems);
    check_secret("reporter.key", config->reporter.key, problems);
    check_secret("terminal.key", config->terminal.key, problems);
    check_secret("terminal.sign_key", config->terminal.sign_key, problems);
    return check_keyring(config->keyring, problems);
}
