// SPDX-License-Identifier: Apache-2.0
//
// answers_parts: what the files that write answers share.
#pragma once

#include "common/wire/query.h"

// answers_reserve makes sure that `more` bytes can be written; the writer's
// memory is malloc'ed.
bool answers_reserve(struct writer *writer, size_t more);
