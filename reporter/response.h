// SPDX-License-Identifier: Apache-2.0
//
// response: what is answered to one request, before any HTTP library sees it.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "client/buffer.h"
#include "reporter/viewer.h"

enum { ETAG_MAX = 128, RESPONSE_COOKIE_MAX = 384 };

struct request {
    const char *if_none_match; // NULL: none
    int64_t wall_ms, steady_ms;
    struct viewer viewer;    // who asks; counts only where tokens are asked for
    bool is_ahead;           // nobody asks yet: made for those who will
    const atomic_bool *stop; // true: nobody waits any more; NULL: never
};

struct response {
    unsigned status;
    const char *type; // Content-Type, a constant
    char *body;       // malloc'ed, or NULL and then `lent`
    const uint8_t *lent;
    bool is_file; // the body is a file, which ends with the response
    int fd;
    size_t length;
    char etag[ETAG_MAX];    // with its quotes, or ""
    char filename[128];     // Content-Disposition: attachment, or ""
    unsigned retry_after_s; // 0: none
    bool is_packed;         // the body is gzip
    const char *location;   // NULL: none
    char cookies[2][RESPONSE_COOKIE_MAX]; // Set-Cookie, or ""
    bool has_form;   // a page that may send its form to this site
    bool is_refused; // a known viewer asked for what is not his
};

void response_fini(struct response *response);

// response_text answers 200 with a text, which it takes.
void response_text(struct response *response, const char *type,
                   struct buffer *text);

// response_lent answers 200 with bytes that live for ever.
void response_lent(struct response *response, const char *type,
                   const uint8_t *bytes, size_t length);

// response_file answers 200 with a file, which it takes.
void response_file(struct response *response, const char *type, int fd);

// response_problem answers an error as application/problem+json (RFC 9457)
// with a sentence for a person.
void response_problem(struct response *response, unsigned status,
                      const char *sentence);

// response_unchanged answers 304 when the asker already has this etag, which
// it notes either way.
bool response_unchanged(struct response *response,
                        const struct request *request, const char *etag);
