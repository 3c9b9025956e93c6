// SPDX-License-Identifier: Apache-2.0
#include "reporter/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
response_fini(struct response *response)
{
    free(response->body);
    if (response->is_file)
        close(response->fd);
    *response = (struct response){0};
}

void
response_text(struct response *response, const char *type, struct buffer *text)
{
    size_t length;
    char *body = buffer_take(text, &length);

    if (!body) {
        response_problem(response, 500, "out of memory");
        return;
    }
    response->status = 200;
    response->type = type;
    response->body = body;
    response->length = length;
}

void
response_lent(struct response *response, const char *type, const uint8_t *bytes,
              size_t length)
{
    response->status = 200;
    response->type = type;
    response->lent = bytes;
    response->length = length;
}

void
response_file(struct response *response, const char *type, int fd)
{
    struct stat about;

    if (fstat(fd, &about) != 0) {
        close(fd);
        response_problem(response, 500, "a file cannot be read again");
        return;
    }
    response->status = 200;
    response->type = type;
    response->is_file = true;
    response->fd = fd;
    response->length = (size_t)about.st_size;
}

static const char *
title_of(unsigned status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 421:
        return "Misdirected Request";
    case 429:
        return "Too Many Requests";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

void
response_problem(struct response *response, unsigned status,
                 const char *sentence)
{
    struct buffer text = {0};

    buffer_format(&text, "{\"type\":\"about:blank\",\"title\":\"%s\",",
                  title_of(status));
    buffer_format(&text, "\"status\":%u,\"detail\":", status);
    buffer_json(&text, sentence);
    buffer_put(&text, "}\n");

    *response =
        (struct response){.status = status, .type = "application/problem+json"};
    response->body = buffer_take(&text, &response->length);
    if (!response->body)
        response->lent = (const uint8_t *)"";
}

// names_etag tells whether a list of entity tags has this one (RFC 9110,
// 13.1.2: compared without the weakness mark).
static bool
names_etag(const char *list, const char *etag)
{
    size_t length = strlen(etag);

    for (const char *at = list; (at = strstr(at, etag)); at += 1) {
        char after = at[length];
        if (after == 0 || after == ',' || after == ' ')
            return true;
    }
    return strcmp(list, "*") == 0;
}

bool
response_unchanged(struct response *response, const struct request *request,
                   const char *etag)
{
    snprintf(response->etag, sizeof response->etag, "%s", etag);
    if (!request->if_none_match || !names_etag(request->if_none_match, etag))
        return false;
    response->status = 304;
    response->lent = (const uint8_t *)"";
    return true;
}
