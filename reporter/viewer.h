// SPDX-License-Identifier: Apache-2.0
//
// viewer: who looks, and what of an address he may see.
//
// The one place where that is decided: site_answer asks viewer_judge before
// any route answers, whatever the format.  A route says in the table what it
// shows (enum shows); one that says nothing shows everything and is for
// headquarters alone.
#pragma once

#include "common/config/tokens.h"
#include "common/domain/directory.h"
#include "reporter/target.h"

// Who looks.  All zero: nobody knows who.
struct viewer {
    enum reach reach;
    char subject[TOKEN_SUBJECT_MAX + 1]; // the region or the dealer
    char name[TOKEN_NAME_MAX + 1];
    uint8_t token[TOKEN_DIGEST_BYTES]; // the hash of what he showed
};

// viewer_everything is whoever asks a reporter without tokens, which only this
// machine can reach.
extern const struct viewer viewer_everything;

enum shows {
    SHOWS_EVERYTHING, // headquarters only
    SHOWS_NOTHING,    // no figure and no name: for everybody, without a token
    SHOWS_OWN,        // the route shows each viewer what is his
    SHOWS_RANKING,    // of `scope`: headquarters, and a region its own
    SHOWS_DEALER,     // named in /api/v1/dealers/{id}; ranked within `scope`
};

enum ruling {
    RULING_ALLOWED,
    RULING_SIGN_IN,   // a token is needed: 401
    RULING_FORBIDDEN, // this token does not reach so far: 403
    RULING_HIDDEN,    // as if there were no such dealer: 404
    RULING_NOT_YET,   // nobody can tell before there are figures: 503
};

// viewer_judge decides about a request.  It may narrow the target: a region
// that names no scope gets its own.  directory is NULL before there are
// figures.
enum ruling viewer_judge(const struct viewer *viewer, enum shows shows,
                         struct target *target,
                         const struct directory *directory, int64_t now_ms);

// viewer_sees tells whether a dealer is among those a viewer may know of.
bool viewer_sees(const struct viewer *viewer, const struct dealer *dealer,
                 int64_t now_ms);

// viewer_scope writes "hq", "region:X" or "dealer:Y".
void viewer_scope(const struct viewer *viewer, char text[TOKEN_SCOPE_TEXT]);
