// SPDX-License-Identifier: Apache-2.0
#include "reporter/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

enum {
    WORTH_IT_BYTES = 1024, // less goes in one packet anyway
    LENGTH_MAX = 1 << 30,
    WINDOW_GZIP = 15 + 16, // the largest window, in gzip's wrapping
    MEMORY_LEVEL = 8,
};

// refuses tells whether the parameters after a coding say "q=0".
static bool
refuses(const char *at, const char *end)
{
    while (at < end && (*at == ';' || *at == ' ' || *at == '\t'))
        at++;
    if (end - at < 3 || strncasecmp(at, "q=0", 3) != 0)
        return false;
    for (at += 3; at < end; at++)
        if (*at >= '1' && *at <= '9')
            return false;
    return true;
}

bool
gzip_accepted(const char *header)
{
    bool any = false;

    for (const char *at = header; at && *at;) {
        const char *end = at + strcspn(at, ",");
        at += strspn(at, " \t");
        size_t length = strcspn(at, ",; \t");
        bool refused = refuses(at + length, end);
        if (length == 4 && strncasecmp(at, "gzip", 4) == 0)
            return !refused; // its own word counts before "*"
        if (length == 1 && *at == '*')
            any = !refused;
        at = *end ? end + 1 : end;
    }
    return any;
}

bool
gzip_is_worth_it(const struct response *response)
{
    const char *type = response->type;

    return type && !response->is_file && response->length >= WORTH_IT_BYTES &&
           response->length <= LENGTH_MAX &&
           (strncmp(type, "text/", 5) == 0 ||
            strncmp(type, "application/json", 16) == 0 ||
            strncmp(type, "image/svg", 9) == 0);
}

bool
gzip_pack(struct response *response)
{
    z_stream stream = {0};
    const void *bytes = response->body ? (const void *)response->body
                                       : (const void *)response->lent;

    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_GZIP,
                     MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t most = deflateBound(&stream, response->length);
    char *packed = malloc(most);
    if (packed) {
        // zlib only reads what comes in, whatever the type says.
        stream.next_in = (Bytef *)(uintptr_t)bytes;
        stream.avail_in = (uInt)response->length;
        stream.next_out = (Bytef *)packed;
        stream.avail_out = (uInt)most;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
            free(packed);
            packed = NULL;
        }
    }
    size_t length = stream.total_out;
    deflateEnd(&stream);
    if (!packed)
        return false;
    free(response->body);
    response->body = packed;
    response->length = length;
    response->is_packed = true;
    return true;
}
