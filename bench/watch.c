// SPDX-License-Identifier: Apache-2.0
#include "bench/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
watch_parse(struct watch *watch, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || equals - text >= WATCH_NAME_MAX)
        return false;
    snprintf(watch->name, sizeof watch->name, "%.*s", (int)(equals - text),
             text);
    watch->pid = (pid_t)strtol(equals + 1, NULL, 10);
    return watch->pid > 0;
}

static bool
read_file(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t length = fread(text, 1, size - 1, file);
    fclose(file);
    text[length] = '\0';
    return length > 0;
}

static uint64_t
status_kib(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

bool
watch_read(const struct watch *watch, struct usage *usage)
{
    char text[4096];
    unsigned long user, system;

    if (!read_file(watch->pid, "stat", text, sizeof text))
        return false;
    const char *after_name = strrchr(text, ')');
    if (!after_name ||
        sscanf(after_name + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        return false;
    usage->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    if (!read_file(watch->pid, "status", text, sizeof text))
        return false;
    usage->anonymous_kib = status_kib(text, "RssAnon:");
    usage->mapped_kib = status_kib(text, "RssFile:");
    return true;
}
