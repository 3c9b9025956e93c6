// SPDX-License-Identifier: Apache-2.0
//
// page: the pages and their parts, embedded at build time from web/.
#pragma once

#include "reporter/site.h"

void page_answer(const struct site *site, const struct target *target,
                 const struct request *request, struct response *response);
