// SPDX-License-Identifier: Apache-2.0
//
// gzip: bodies made smaller for those who can read them.  The only one with
// zlib.
#pragma once

#include <stdbool.h>

#include "reporter/response.h"

// gzip_accepted tells whether an Accept-Encoding header takes gzip: named, or
// by "*", and not with a weight of 0.  NULL: it does not.
bool gzip_accepted(const char *header);

// gzip_is_worth_it tells whether a response would be packed if its asker took
// gzip: text of some length.  Workbooks are packed already.
bool gzip_is_worth_it(const struct response *response);

// gzip_pack replaces the body by its packed form.  False, and the response as
// it was, without memory.
bool gzip_pack(struct response *response);
