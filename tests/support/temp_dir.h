// SPDX-License-Identifier: Apache-2.0
//
// temp_dir: a directory of a test's own, gone when the test is.
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TEMP_DIR_MAX = 128 };

// temp_dir_make makes a fresh directory below TMPDIR or /tmp; 0 on success.
static inline int
temp_dir_make(char dir[TEMP_DIR_MAX])
{
    const char *parent = getenv("TMPDIR");
    (void)snprintf(dir, TEMP_DIR_MAX, "%s/dealerpulse-test-XXXXXX",
                   parent ? parent : "/tmp");
    return mkdtemp(dir) ? 0 : -1;
}

static inline int
temp_dir_remove_one(const char *path, const struct stat *stat, int kind,
                    struct FTW *place)
{
    (void)stat;
    (void)kind;
    (void)place;
    return remove(path);
}

// temp_dir_remove removes it and everything in it; 0 on success.
static inline int
temp_dir_remove(const char *dir)
{
    return nftw(dir, temp_dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

// temp_dir_setup and temp_dir_teardown: a folder as a test's *state (char *).
static inline int
temp_dir_setup(void **state)
{
    char *dir = malloc(TEMP_DIR_MAX);
    *state = dir;
    return dir ? temp_dir_make(dir) : -1;
}

static inline int
temp_dir_teardown(void **state)
{
    int result = temp_dir_remove(*state);
    free(*state);
    return result;
}
