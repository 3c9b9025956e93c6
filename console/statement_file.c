// SPDX-License-Identifier: Apache-2.0
#include "console/statement_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/config/problem.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"

enum { SIGNATURE_TEXT = 2 * SIGNATURE_BYTES };

void
statement_file_make(struct statement_head *head, struct span pack,
                    const struct key_pair *key, struct buffer *text)
{
    uint8_t signature[SIGNATURE_BYTES];
    char hex[SIGNATURE_TEXT + 1];

    digest(pack, head->pack, sizeof head->pack);
    memcpy(head->signer, key->public_key, sizeof head->signer);
    statement_head_write(head, text);
    buffer_bytes(text, (const char *)pack.data, pack.length);
    if (text->failed)
        return;
    sign_make(key, span_of(text->data, text->used), signature);
    statement_hex(signature, sizeof signature, hex);
    buffer_put(text, hex);
    buffer_put(text, "\n");
}

static bool
complain(char problem[STATEMENT_PROBLEM_MAX], const char *sentence)
{
    snprintf(problem, STATEMENT_PROBLEM_MAX, "%s", sentence);
    return false;
}

// next_line cuts a line, without its end, off the front.
static bool
next_line(struct span *rest, struct span *line)
{
    const uint8_t *end =
        rest->length > 0 ? memchr(rest->data, '\n', rest->length) : NULL;

    if (!end)
        return false;
    *line = span_of(rest->data, (size_t)(end - rest->data));
    *rest = span_of(end + 1, rest->length - line->length - 1);
    return true;
}

bool
statement_file_read(struct span bytes, struct statement_head *head,
                    struct span *pack, char problem[STATEMENT_PROBLEM_MAX])
{
    uint8_t signature[SIGNATURE_BYTES], found[TRACE_HASH_SIZE];
    struct span rest = bytes, first, third;

    if (!next_line(&rest, &first) || !next_line(&rest, pack) ||
        !next_line(&rest, &third) || rest.length > 0)
        return complain(problem, "it is no statement: a statement is three "
                                 "lines, head, pack and signature");
    if (!statement_head_read(first, head))
        return complain(problem, "the first line is no head of a statement, or "
                                 "was changed");
    pack->length += 1;
    digest(*pack, found, sizeof found);
    if (memcmp(found, head->pack, sizeof found) != 0)
        return complain(problem, "the second line is not the pack the head "
                                 "names: one of them was changed");
    if (!statement_unhex(third, signature, sizeof signature) ||
        !sign_verify(
            head->signer,
            span_of(bytes.data, (size_t)first.length + 1 + pack->length),
            span_of(signature, sizeof signature)))
        return complain(problem, "the signature is not of these lines and the "
                                 "key they name");
    return true;
}

// --- The folder --------------------------------------------------------------

bool
statement_path(char path[STATEMENT_PATH_MAX], const char *folder,
               const struct statement_head *head)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789_-";
    char name[3 * DEALER_ID_MAX + 1];
    size_t used = 0;

    for (const char *at = head->dealer; *at; at++)
        used += (size_t)snprintf(name + used, sizeof name - used,
                                 strchr(plain, *at) ? "%c" : "%%%02X",
                                 (unsigned char)*at);
    name[used] = '\0';
    return snprintf(path, STATEMENT_PATH_MAX, "%s/%s..%s/%s.%u.statement",
                    folder, head->first, head->last, name,
                    head->version) < STATEMENT_PATH_MAX;
}

// read_version reads the file head names into head, and its digest.
static bool
read_version(const char *path, struct statement_head *head,
             uint8_t digest_out[TRACE_HASH_SIZE],
             char problem[STATEMENT_PROBLEM_MAX])
{
    struct problems problems = {0};
    struct statement_head found;
    struct span pack;
    char *data, sentence[STATEMENT_PROBLEM_MAX];
    size_t length;

    if (file_take(path, STATEMENT_BYTES_MAX, &data, &length, &problems) !=
        STATUS_OK) {
        problems_print(&problems);
        return complain(problem, "a statement cannot be read");
    }
    struct span bytes = span_of(data, length);
    bool good = statement_file_read(bytes, &found, &pack, sentence);
    if (!good) {
        snprintf(problem, STATEMENT_PROBLEM_MAX, "%.150s: %.100s", path,
                 sentence);
    } else if (strcmp(found.dealer, head->dealer) != 0 ||
               strcmp(found.first, head->first) != 0 ||
               strcmp(found.last, head->last) != 0 ||
               found.version != head->version) {
        snprintf(problem, STATEMENT_PROBLEM_MAX,
                 "%.200s holds another statement", path);
        good = false;
    } else {
        digest(bytes, digest_out, TRACE_HASH_SIZE);
        *head = found;
    }
    free(data);
    return good;
}

bool
statement_latest(const char *folder, struct statement_head *head,
                 uint8_t digest_out[TRACE_HASH_SIZE],
                 char problem[STATEMENT_PROBLEM_MAX])
{
    char path[STATEMENT_PATH_MAX], next[STATEMENT_PATH_MAX];

    head->version = 0;
    for (;;) {
        head->version++;
        if (!statement_path(next, folder, head))
            return complain(problem, "the folder's name is too long");
        if (access(next, F_OK) != 0)
            break;
        memcpy(path, next, sizeof path);
    }
    head->version--;
    return head->version == 0 || read_version(path, head, digest_out, problem);
}

static enum status
sync_folder(const char *path)
{
    char folder[STATEMENT_PATH_MAX];

    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return STATUS_SYSTEM;
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced ? STATUS_OK : STATUS_SYSTEM;
}

static bool
make_folders(const char *folder, const char *path)
{
    char period[STATEMENT_PATH_MAX];

    snprintf(period, sizeof period, "%s", path);
    *strrchr(period, '/') = '\0';
    return (mkdir(folder, 0777) == 0 || errno == EEXIST) &&
           (mkdir(period, 0777) == 0 || errno == EEXIST) &&
           sync_folder(period) == STATUS_OK;
}

// write_whole writes a file that nobody reads yet.
static bool
write_whole(const char *path, const struct buffer *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);
    size_t done = 0;

    if (fd < 0)
        return false;
    while (done < text->used) {
        ssize_t some = write(fd, text->data + done, text->used - done);
        if (some < 0 && errno != EINTR)
            break;
        done += some > 0 ? (size_t)some : 0;
    }
    bool whole = done == text->used && fsync(fd) == 0;
    return close(fd) == 0 && whole;
}

enum status
statement_store(const char *folder, const struct statement_head *head,
                const struct buffer *text)
{
    char path[STATEMENT_PATH_MAX], fresh[STATEMENT_PATH_MAX + 8];

    if (!statement_path(path, folder, head)) {
        errno = ENAMETOOLONG;
        return STATUS_SYSTEM;
    }
    snprintf(fresh, sizeof fresh, "%s.new", path);
    if (!make_folders(folder, path))
        return STATUS_SYSTEM;
    (void)unlink(fresh); // of one that was interrupted
    // A link is made once: who comes second finds the name taken.
    bool linked = write_whole(fresh, text) && link(fresh, path) == 0;
    int why = errno;
    (void)unlink(fresh);
    errno = why;
    if (!linked)
        return why == EEXIST ? STATUS_BUSY : STATUS_SYSTEM;
    return sync_folder(path);
}
