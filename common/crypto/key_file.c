// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/key_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/secrecy.h"

static_assert(crypto_box_PUBLICKEYBYTES == Z85_KEY_BYTES &&
                  crypto_box_SECRETKEYBYTES == Z85_KEY_BYTES &&
                  crypto_sign_SEEDBYTES == Z85_KEY_BYTES,
              "every key in a file is 32 bytes");

enum { FILE_MAX = 4096 };

__attribute__((format(printf, 3, 4))) static enum status
fail(char problem[KEY_PROBLEM_MAX], enum status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(problem, KEY_PROBLEM_MAX, format, arguments);
    va_end(arguments);
    return status;
}

// derive writes the public key that belongs to a secret one.
static void
derive(enum key_kind kind, const uint8_t secret[Z85_KEY_BYTES],
       uint8_t public_key[Z85_KEY_BYTES])
{
    unsigned char expanded[crypto_sign_SECRETKEYBYTES];

    if (kind == KEY_CURVE) {
        (void)crypto_scalarmult_base(public_key, secret);
        return;
    }
    (void)crypto_sign_seed_keypair(public_key, expanded, secret);
    sodium_memzero(expanded, sizeof expanded);
}

struct key_pair *
key_pair_make(enum key_kind kind)
{
    struct key_pair *pair = sodium_malloc(sizeof *pair);

    if (!pair)
        return NULL;
    randombytes_buf(pair->secret_key, sizeof pair->secret_key);
    derive(kind, pair->secret_key, pair->public_key);
    return pair;
}

void
key_pair_free(struct key_pair *pair)
{
    sodium_free(pair); // wipes
}

// --- Reading -----------------------------------------------------------------

static const char *const sections[] = {"curve", "sign"};

// next_line cuts the first line off a text; false at its end.
static bool
next_line(char **rest, char **line)
{
    *line = *rest;
    if (**rest == '\0')
        return false;
    char *end = *rest + strcspn(*rest, "\n");
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    *line += strspn(*line, " \t");
    return true;
}

// value_of returns a quoted value, or an empty span.
static struct span
value_of(const char *line)
{
    const char *from = strchr(line, '"');
    const char *to = from ? strchr(from + 1, '"') : NULL;

    return to ? span_of(from + 1, (size_t)(to - from - 1)) : (struct span){0};
}

static bool
is_section(const char *line, enum key_kind kind)
{
    size_t length = strlen(sections[kind]);
    return strncmp(line, sections[kind], length) == 0 &&
           line[length + strspn(line + length, " \t\r")] == '\0';
}

// parse finds both keys in the section of its kind.
static bool
parse(char *text, enum key_kind kind, struct key_pair *pair)
{
    bool inside = false, has_public = false, has_secret = false;
    char *line;

    while (next_line(&text, &line)) {
        if (is_section(line, KEY_CURVE) || is_section(line, KEY_SIGN))
            inside = is_section(line, kind);
        if (inside && strncmp(line, "public-key", 10) == 0)
            has_public = z85_key_read(value_of(line), pair->public_key);
        if (inside && strncmp(line, "secret-key", 10) == 0)
            has_secret = z85_key_read(value_of(line), pair->secret_key);
    }
    return has_public && has_secret;
}

static enum status
check_owner(const char *path, int fd, char problem[KEY_PROBLEM_MAX])
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return fail(problem, STATUS_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fail(problem, STATUS_MALFORMED, "%s: is not a file", path);
    if (about.st_uid != geteuid())
        return fail(problem, STATUS_UNAVAILABLE,
                    "%s: belongs to another user, so it is not ours alone; "
                    "`chown %u %s` first",
                    path, (unsigned)geteuid(), path);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(problem, STATUS_UNAVAILABLE,
                    "%s: others on this machine may read this secret key; "
                    "`chmod 600 %s` first, and if they may have done so, make "
                    "a new one (`dealerpulse keys rotate`)",
                    path, path);
    return STATUS_OK;
}

// read_text reads the file; buffer gets a NUL behind it.
static enum status
read_text(const char *path, int fd, char buffer[FILE_MAX],
          char problem[KEY_PROBLEM_MAX])
{
    size_t used = 0;

    for (;;) {
        ssize_t got = read(fd, buffer + used, FILE_MAX - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(problem, STATUS_NOT_FOUND, "%s: %s", path,
                        strerror(errno));
        used += (size_t)got;
        if (used == FILE_MAX)
            return fail(problem, STATUS_MALFORMED,
                        "%s: is too large for a key file", path);
        if (got == 0)
            break;
    }
    buffer[used] = '\0';
    return STATUS_OK;
}

// read_pair reads the open file into pair.
static enum status
read_pair(const char *path, int fd, enum key_kind kind, struct key_pair *pair,
          char *buffer, char problem[KEY_PROBLEM_MAX])
{
    uint8_t derived[Z85_KEY_BYTES];

    enum status status = check_owner(path, fd, problem);
    if (status == STATUS_OK)
        status = read_text(path, fd, buffer, problem);
    if (status != STATUS_OK)
        return status;
    if (!parse(buffer, kind, pair))
        return fail(problem, STATUS_MALFORMED,
                    "%s: holds no secret key of kind \"%s\"; `dealerpulse keys "
                    "new` makes such a file",
                    path, sections[kind]);
    derive(kind, pair->secret_key, derived);
    if (memcmp(derived, pair->public_key, sizeof derived) != 0)
        return fail(problem, STATUS_MALFORMED,
                    "%s: its public key does not belong to its secret key",
                    path);
    return STATUS_OK;
}

enum status
key_file_load(const char *path, enum key_kind kind, struct key_pair **out,
              char problem[KEY_PROBLEM_MAX])
{
    if (!secrecy_begin())
        return fail(problem, STATUS_SYSTEM, "%s: cannot forbid core dumps: %s",
                    path, strerror(errno));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(problem, STATUS_NOT_FOUND, "%s: %s", path, strerror(errno));

    char *buffer = sodium_malloc(FILE_MAX);
    struct key_pair *pair = sodium_malloc(sizeof *pair);
    enum status status =
        buffer && pair
            ? read_pair(path, fd, kind, pair, buffer, problem)
            : fail(problem, STATUS_SYSTEM, "%s: out of memory", path);
    sodium_free(buffer);
    (void)close(fd);
    if (status != STATUS_OK) {
        sodium_free(pair);
        return status;
    }
    *out = pair;
    return STATUS_OK;
}

// --- Writing -----------------------------------------------------------------

static bool
write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, text, length);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        }
    }
    return true;
}

// fill writes and syncs the text of a pair.
static bool
fill(int fd, enum key_kind kind, const struct key_pair *pair)
{
    char public_key[Z85_KEY_TEXT + 1], secret_key[Z85_KEY_TEXT + 1];
    char text[512];

    z85_key_write(pair->public_key, public_key);
    z85_key_write(pair->secret_key, secret_key);
    int length =
        snprintf(text, sizeof text,
                 "# A secret key of Dealerpulse (ZeroMQ certificate format).\n"
                 "# Whoever can read this file can speak in its name: do not "
                 "copy it,\n# do not mail it, keep its mode 0600.\n"
                 "metadata\n%s\n    public-key = \"%s\"\n"
                 "    secret-key = \"%s\"\n",
                 sections[kind], public_key, secret_key);
    bool done = write_all(fd, text, (size_t)length) && fsync(fd) == 0;
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(text, sizeof text);
    return done;
}

// sync_folder makes the name of a new file durable.
static bool
sync_folder(const char *path)
{
    char folder[FILE_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash == path ? 1 : slash ? (int)(slash - path) : 0;

    (void)snprintf(folder, sizeof folder, "%.*s", length > 0 ? length : 1,
                   length > 0 ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return done;
}

enum status
key_file_write(const char *path, enum key_kind kind,
               const struct key_pair *pair, char problem[KEY_PROBLEM_MAX])
{
    char part[FILE_MAX];

    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return fail(problem, STATUS_MALFORMED, "the path is too long");
    (void)unlink(part); // of one that died on the way
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(problem, STATUS_SYSTEM, "%s: %s", part, strerror(errno));
    bool done = fill(fd, kind, pair);
    int why = errno;
    (void)close(fd);
    // A link, unlike a rename, never takes an existing file's place.
    if (done && link(part, path) != 0) {
        why = errno;
        done = false;
    }
    (void)unlink(part);
    if (done && !sync_folder(path)) {
        why = errno;
        done = false;
    }
    if (done)
        return STATUS_OK;
    if (why == EEXIST)
        return fail(problem, STATUS_BUSY,
                    "%s: is there already and is left as it is; choose another "
                    "name",
                    path);
    return fail(problem, STATUS_SYSTEM, "%s: %s", path, strerror(why));
}
