// SPDX-License-Identifier: Apache-2.0
//
// yaml_check: a document we are ready to read, inside common/config only.
#pragma once

#include <yaml.h>

#include "common/config/problem.h"
#include "common/status.h"

// yaml_check_shape reads through a whole stream: it holds one document, without
// anchors, of bounded depth.
MUST_USE enum status yaml_check_shape(yaml_parser_t *parser, const char *file,
                                      struct problems *problems);

// yaml_check_load parses the document of such a stream, by another parser, and
// sees to it that all keys are text and different.  The document is the
// caller's to delete on STATUS_OK alone.
MUST_USE enum status yaml_check_load(yaml_parser_t *parser,
                                     yaml_document_t *document,
                                     const char *file,
                                     struct problems *problems);

// yaml_check_failed tells why a parser stopped.
MUST_USE enum status yaml_check_failed(const yaml_parser_t *parser,
                                       const char *file,
                                       struct problems *problems);
