// SPDX-License-Identifier: Apache-2.0
//
// login: the page where a person shows a token, and what its form brings.
//
// The token becomes a cookie that scripts cannot read and other sites cannot
// send (HttpOnly, SameSite=Strict, over TLS also Secure).  The form carries a
// random word that is in a cookie of its own as well, and is believed only from
// a page of ours.
#pragma once

#include "reporter/response.h"

enum { LOGIN_BODY_MAX = 1024, LOGIN_WORD_TEXT = 32 };

// What a browser says; NULL where it says nothing.
struct login_form {
    const char *host, *origin, *fetch_site, *type;
    const char *word; // the cookie of the form
    const char *body; // NUL-terminated
};

extern const char login_path[];        // "/login"
extern const char login_out_path[];    // "/logout"
extern const char login_cookie[];      // the token
extern const char login_word_cookie[]; // of the form

// login_page answers the page in a language ("en", "zh"); told is a key of its
// words ("" for none): "wrong", "wait", "out".
void login_page(struct response *response, const char *lang, const char *told,
                unsigned status, bool is_secure);

// login_read takes the token out of a form; *lang is the form's.  False when
// the form is not one of ours.
bool login_read(const struct login_form *form, char *token, size_t size,
                const char **lang);

// login_let_in answers that the browser may go to the page, with the cookie for
// max_age_s seconds; login_let_out takes it away.
void login_let_in(struct response *response, const char *token,
                  int64_t max_age_s, const char *lang, bool is_secure);
void login_let_out(struct response *response, const char *lang, bool is_secure);

// login_forget takes the cookie away with whatever is answered.
void login_forget(struct response *response, bool is_secure);

// cookie_value copies a cookie of the header into to; false: not there.
bool cookie_value(const char *header, const char *name, char *to, size_t size);
