// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/pem.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/secrecy.h"

enum { PEM_MAX = 65536 };

static enum status
check(const char *path, int fd, bool is_secret, char problem[KEY_PROBLEM_MAX])
{
    struct stat about;

    if (fd < 0 || fstat(fd, &about) != 0) {
        (void)snprintf(problem, KEY_PROBLEM_MAX, "%s: %s", path,
                       strerror(errno));
        return STATUS_NOT_FOUND;
    }
    bool ours = about.st_uid == geteuid() && (about.st_mode & 077) == 0;
    if (!is_secret || ours)
        return STATUS_OK;
    (void)snprintf(problem, KEY_PROBLEM_MAX,
                   "%s: others may read it, so it is no secret; `chown %u` and "
                   "`chmod 600` first",
                   path, (unsigned)geteuid());
    return STATUS_UNAVAILABLE;
}

// read_whole fills text with the file and returns its length; PEM_MAX: more.
static size_t
read_whole(int fd, char *text)
{
    size_t used = 0;
    ssize_t got = 1;

    while (got > 0 && used < PEM_MAX) {
        got = read(fd, text + used, PEM_MAX - used);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            used += (size_t)got;
    }
    return used;
}

// load reads a whole text of less than PEM_MAX bytes.
static enum status
load(const char *path, bool is_secret, char **out,
     char problem[KEY_PROBLEM_MAX])
{
    char *text = NULL;

    if (is_secret && !secrecy_begin()) {
        (void)snprintf(problem, KEY_PROBLEM_MAX,
                       "core dumps cannot be forbidden: %s", strerror(errno));
        return STATUS_SYSTEM;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum status status = check(path, fd, is_secret, problem);
    if (status == STATUS_OK && !(text = calloc(1, PEM_MAX + 1))) {
        (void)snprintf(problem, KEY_PROBLEM_MAX, "out of memory");
        status = STATUS_SYSTEM;
    }
    size_t length = text ? read_whole(fd, text) : 0;
    if (length == PEM_MAX) {
        (void)snprintf(problem, KEY_PROBLEM_MAX, "%s: is too long", path);
        status = STATUS_MALFORMED;
    }
    if (fd >= 0)
        (void)close(fd);
    if (status == STATUS_OK)
        *out = text;
    else
        pem_free(text);
    return status;
}

enum status
pem_load(const char *path, bool is_secret, char **out,
         char problem[KEY_PROBLEM_MAX])
{
    enum status status = load(path, is_secret, out, problem);

    if (status != STATUS_OK || strstr(*out, "-----BEGIN "))
        return status;
    (void)snprintf(problem, KEY_PROBLEM_MAX, "%s: is no PEM file", path);
    pem_free(*out);
    *out = NULL;
    return STATUS_MALFORMED;
}

enum status
secret_load(const char *path, char **out, char problem[KEY_PROBLEM_MAX])
{
    enum status status = load(path, true, out, problem);

    if (status != STATUS_OK)
        return status;
    size_t length = strcspn(*out, "\r\n");
    bool is_one = (*out)[length + strspn(*out + length, "\r\n")] == '\0';
    if (is_one && length >= SECRET_MIN) {
        (*out)[length] = '\0';
        return STATUS_OK;
    }
    (void)snprintf(problem, KEY_PROBLEM_MAX,
                   "%s: must be one line of %d characters or more; make one "
                   "with `openssl rand -hex 32`",
                   path, SECRET_MIN);
    pem_free(*out);
    *out = NULL;
    return STATUS_MALFORMED;
}

void
pem_free(char *text)
{
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
}
