// SPDX-License-Identifier: Apache-2.0
//
// yaml_check: a document we are ready to read, inside common/config only.
#pragma once

#include <yaml.h>

#include "common/config/problem.h"
#include "common/status.h"

// yaml_check_load parses the only document of a stream and sees to it that it
// is a tree of bounded depth: no anchors, no duplicate keys, no keys that are
// not text.  The document is the caller's to delete on STATUS_OK alone.
MUST_USE enum status yaml_check_load(yaml_parser_t *parser,
                                     yaml_document_t *document,
                                     const char *file,
                                     struct problems *problems);
