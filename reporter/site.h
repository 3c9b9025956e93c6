// SPDX-License-Identifier: Apache-2.0
//
// site: every address the reporter answers, as a table; matched exactly, but
// for one name at the end where an address ends in a slash.
//
// No socket and no clock in it: a request is a value, so is its response.
#pragma once

#include "common/config/config.h"
#include "reporter/counters.h"
#include "reporter/response.h"
#include "reporter/snapshot.h"
#include "reporter/target.h"

// What the answers are made from; lent.
struct site {
    struct shelf *shelf;
    struct counters *counters;
    bool asks_tokens; // else everybody who can reach it sees everything
    struct alerts_config alerts;
};

// The same sentence, whatever is wrong with a token; and whether a dealer is
// not there or not to be known.
extern const char sign_in_sentence[], no_dealer_sentence[],
    no_rebate_sentence[];

enum { ROUTE_PARAMS_MAX = 8 };

struct route {
    const char *path;
    enum shows shows; // viewer.h; everything if nothing is said
    void (*answer)(const struct site *site, const struct target *target,
                   const struct request *request, struct response *response);
    const char *params[ROUTE_PARAMS_MAX + 1]; // the names it knows
};

// site_answer answers a GET of the raw target into *response, which the caller
// ends with response_fini.  It never fails: what cannot be answered is a
// problem with a sentence.
void site_answer(const struct site *site, const char *raw,
                 const struct request *request, struct response *response);

// site_viewer is who asks, as far as the site is concerned: without tokens
// everybody is headquarters.
const struct viewer *site_viewer(const struct site *site,
                                 const struct request *request);

// site_needs_token tells whether who asks makes a difference for an address.
bool site_needs_token(const char *raw);

// site_refuses judges who may see what an address shows (viewer.h) and answers
// if he may not; the target may be narrowed to what he may see.
bool site_refuses(const struct site *site, enum shows shows,
                  struct target *target, const struct request *request,
                  struct response *response);

// site_is_long tells whether the answer to a target may take seconds: a file.
bool site_is_long(const char *raw);

// site_is_ready tells whether there is something to show and the aggregator
// answered within the last ten seconds; *why is a sentence when not.
bool site_is_ready(const struct site *site, int64_t steady_ms,
                   const char **why);

// host_allowed tells whether a Host header may be served: this machine's
// loopback names, the name given, and, when `any_address`, every literal
// address.  A page of somebody else's that rebinds its name to this machine
// has neither.
bool host_allowed(const char *host, const char *name, bool any_address);
