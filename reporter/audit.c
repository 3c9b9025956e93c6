// SPDX-License-Identifier: Apache-2.0
#include "reporter/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/buffer.h"
#include "common/runtime/log.h"

static void
compose(struct buffer *line, const struct viewer *viewer, const char *what,
        const char *target, unsigned status, const char *from, int64_t wall_ms)
{
    char at[32] = "", scope[TOKEN_SCOPE_TEXT];
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;

    if (gmtime_r(&seconds, &parts))
        (void)strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &parts);
    viewer_scope(viewer, scope);
    buffer_format(line, "{\"at\":\"%s\",\"who\":", at);
    buffer_json(line, viewer->name);
    buffer_put(line, ",\"scope\":");
    buffer_json(line, scope);
    buffer_format(line, ",\"what\":\"%s\",\"target\":", what);
    buffer_json(line, target);
    buffer_format(line, ",\"status\":%u,\"from\":", status);
    buffer_json(line, from);
    buffer_put(line, "}\n");
}

// append writes a line whole: one write, so that lines of two never mix.
static bool
append(const char *path, const struct buffer *line)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                  S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    ssize_t written = write(fd, line->data, line->used);
    int why = errno;
    bool closed = close(fd) == 0;
    errno = written >= 0 && (size_t)written < line->used ? ENOSPC : why;
    return written >= 0 && (size_t)written == line->used && closed;
}

bool
audit_write(const char *path, const struct viewer *viewer, const char *what,
            const char *target, unsigned status, const char *from,
            int64_t wall_ms)
{
    struct buffer line = {0};

    compose(&line, viewer, what, target, status, from, wall_ms);
    errno = ENOMEM;
    bool written = !line.failed && append(path, &line);
    if (!written)
        log_error("audit-failed", "file=%s reason=\"%s\"", path,
                  strerror(errno));
    buffer_fini(&line);
    return written;
}
