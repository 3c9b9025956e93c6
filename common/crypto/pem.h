// SPDX-License-Identifier: Apache-2.0
//
// pem: the certificate and the key of TLS, as the texts they are in files; and
// secrets of one line.
#pragma once

#include <stdbool.h>

#include "common/crypto/key_file.h"

// pem_load reads a text whole.  is_secret: nobody but us may read the file, and
// this process leaves no core dump from now on.  Anything but OK leaves a
// sentence in problem: STATUS_NOT_FOUND, STATUS_UNAVAILABLE (not ours alone),
// STATUS_MALFORMED (no PEM).  To be freed with pem_free.
MUST_USE enum status pem_load(const char *path, bool is_secret, char **out,
                              char problem[KEY_PROBLEM_MAX]);

// secret_load reads a secret of one line likewise, SECRET_MIN characters or
// more.
enum { SECRET_MIN = 32 };
MUST_USE enum status secret_load(const char *path, char **out,
                                 char problem[KEY_PROBLEM_MAX]);

// pem_free wipes and frees a text; NULL is fine.
void pem_free(char *text);
