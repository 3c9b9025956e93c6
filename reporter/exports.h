// SPDX-License-Identifier: Apache-2.0
//
// exports: figures as files over HTTP: /api/v1/exports, and of one dealer
// /api/v1/dealers/{id}/export.
//
// A file is made whole in an unlinked temporary one and sent from there: it
// takes no memory, and it is never cut by what happens while it is made.
#pragma once

#include "client/export.h"
#include "reporter/api_parts.h"

void exports_ranking(const struct site *site, const struct target *target,
                     const struct request *request, struct response *response);
void exports_kpis(const struct site *site, const struct target *target,
                  const struct request *request, struct response *response);
void exports_dealer(const struct site *site, const struct target *target,
                    const struct request *request, struct response *response);
void exports_statements(const struct site *site, const struct target *target,
                        const struct request *request,
                        struct response *response);

// exports_give makes one of what was selected, and the response from it.
void exports_give(const struct snapshot *snapshot,
                  const struct selected *selected,
                  const struct request *request, enum export_kind kind,
                  enum export_format format, const char *dealer,
                  struct response *response);
