// SPDX-License-Identifier: Apache-2.0
#include "reporter/login.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/buffer.h"
#include "common/crypto/digest.h"
#include "common/crypto/token.h"
#include "reporter/target.h"

const char login_path[] = "/login";
const char login_out_path[] = "/logout";
const char login_cookie[] = "dealerpulse";
const char login_word_cookie[] = "dealerpulse-form";

struct words {
    const char *lang, *html, *other_lang, *other, *title, *label, *button;
    const char *hint, *wrong, *wait, *out, *leave;
};

static const struct words english = {
    "en",
    "en",
    "zh",
    "中文",
    "Sign in",
    "Token",
    "Sign in",
    "Headquarters gave you a token, a line that begins with dpt_. It decides "
    "what you see here.",
    "This token is not valid here. Ask headquarters for a new one.",
    "Too many wrong tokens came from your address. Wait a minute, then try "
    "again.",
    "You are signed out.",
    "Sign out"};

static const struct words chinese = {
    "zh",
    "zh-Hans",
    "en",
    "English",
    "登录",
    "访问令牌",
    "登录",
    "请输入总部发给您的令牌（以 dpt_ 开头）。令牌决定您能看到的内容。",
    "此令牌无效。请向总部索取新的令牌。",
    "您的地址输错令牌次数过多，请一分钟后再试。",
    "您已退出登录。",
    "退出登录"};

static const struct words *
words_of(const char *lang)
{
    return lang && strncmp(lang, "zh", 2) == 0 ? &chinese : &english;
}

static const char *
sentence(const struct words *words, const char *told)
{
    return strcmp(told, "wrong") == 0  ? words->wrong
           : strcmp(told, "wait") == 0 ? words->wait
           : strcmp(told, "out") == 0  ? words->out
                                       : "";
}

static void
form_head(struct buffer *page, const char *path, const struct words *words,
          const char *word)
{
    buffer_format(page,
                  "<form method=\"post\" action=\"%s\">\n"
                  "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n"
                  "<input type=\"hidden\" name=\"word\" value=\"%s\">\n",
                  path, words->lang, word);
}

static void
write_page(struct buffer *page, const struct words *words, const char *told,
           const char *word)
{
    const char *say = sentence(words, told);

    buffer_format(page,
                  "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
                  "<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, "
                  "initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<title>%s · Dealerpulse</title>\n"
                  "<link rel=\"icon\" href=\"/icon.svg\" "
                  "type=\"image/svg+xml\">\n"
                  "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n",
                  words->html, words->title);
    buffer_format(page,
                  "<body>\n<main>\n<h1>%s</h1>\n<p>%s</p>\n"
                  "<p class=\"notice\" role=\"status\"%s>%s</p>\n",
                  words->title, words->hint, say[0] ? "" : " hidden", say);
    form_head(page, login_path, words, word);
    buffer_format(page,
                  "<label>%s <input name=\"token\" type=\"password\" "
                  "autocomplete=\"off\" maxlength=\"200\" required autofocus>"
                  "</label>\n<button type=\"submit\">%s</button>\n</form>\n",
                  words->label, words->button);
    form_head(page, login_out_path, words, word);
    buffer_format(page,
                  "<p><button type=\"submit\">%s</button> · "
                  "<a href=\"/login?lang=%s\" lang=\"%s\">%s</a></p>\n"
                  "</form>\n</main>\n</body>\n</html>\n",
                  words->leave, words->other_lang, words->other_lang,
                  words->other);
}

// set_cookie fits: the longest token is the longest a form may bring.
static void
set_cookie(char cookie[RESPONSE_COOKIE_MAX], const char *name,
           const char *value, const char *path, int64_t max_age_s,
           bool is_secure)
{
    (void)snprintf(cookie, RESPONSE_COOKIE_MAX,
                   "%s=%s; Path=%s; Max-Age=%" PRId64
                   "; HttpOnly; SameSite=Strict%s",
                   name, value, path, max_age_s, is_secure ? "; Secure" : "");
}

void
login_page(struct response *response, const char *lang, const char *told,
           unsigned status, bool is_secure)
{
    uint8_t bytes[LOGIN_WORD_TEXT / 2];
    char word[LOGIN_WORD_TEXT + 1];
    struct buffer page = {0};

    random_fill(bytes, sizeof bytes);
    hex_write(span_of(bytes, sizeof bytes), word);
    write_page(&page, words_of(lang), told, word);
    response_text(response, "text/html; charset=utf-8", &page);
    if (response->status != 200)
        return;
    response->status = status;
    response->has_form = true;
    set_cookie(response->cookies[0], login_word_cookie, word, "/", 3600,
               is_secure);
}

static void
go(struct response *response, const char *to)
{
    response->status = 303;
    response->lent = (const uint8_t *)"";
    response->location = to;
}

void
login_let_in(struct response *response, const char *token, int64_t max_age_s,
             const char *lang, bool is_secure)
{
    go(response, words_of(lang) == &chinese ? "/?lang=zh" : "/?lang=en");
    set_cookie(response->cookies[0], login_cookie, token, "/", max_age_s,
               is_secure);
    set_cookie(response->cookies[1], login_word_cookie, "", "/", 0, is_secure);
}

void
login_let_out(struct response *response, const char *lang, bool is_secure)
{
    login_page(response, lang, "out", 200, is_secure);
    login_forget(response, is_secure);
}

void
login_forget(struct response *response, bool is_secure)
{
    set_cookie(response->cookies[1], login_cookie, "", "/", 0, is_secure);
}

// --- What a browser brings ---------------------------------------------------

bool
cookie_value(const char *header, const char *name, char *to, size_t size)
{
    size_t length = strlen(name);

    for (const char *at = header; at && *at;) {
        at += strspn(at, " ;");
        size_t whole = strcspn(at, ";");
        if (whole > length && strncmp(at, name, length) == 0 &&
            at[length] == '=') {
            size_t used = whole - length - 1;
            if (used == 0 || used >= size)
                return false;
            memcpy(to, at + length + 1, used);
            to[used] = '\0';
            return true;
        }
        at += whole;
    }
    return false;
}

// is_ours tells whether a form was sent by a page of this site: browsers say
// where from, and only a page of ours knows the word in the cookie.
static bool
is_ours(const struct login_form *form, const char *word)
{
    static const char type[] = "application/x-www-form-urlencoded";

    if (!form->type || strncmp(form->type, type, sizeof type - 1) != 0)
        return false;
    if (form->fetch_site && strcmp(form->fetch_site, "same-origin") != 0)
        return false;
    if (form->origin) {
        const char *host = strstr(form->origin, "://");
        if (!host || !form->host || strcmp(host + 3, form->host) != 0)
            return false;
    }
    return word && form->word && strlen(word) == LOGIN_WORD_TEXT &&
           strlen(form->word) == LOGIN_WORD_TEXT &&
           bytes_same((const uint8_t *)word, (const uint8_t *)form->word,
                      LOGIN_WORD_TEXT);
}

bool
login_read(const struct login_form *form, char *token, size_t size,
           const char **lang)
{
    char raw[LOGIN_BODY_MAX + 3];
    struct target target;

    token[0] = '\0';
    *lang = english.lang;
    // A form is written as the parameters of an address are.
    (void)snprintf(raw, sizeof raw, "/?%s", form->body);
    if (target_read(&target, raw) != NULL)
        return false;
    *lang = words_of(target_param(&target, "lang"))->lang;
    const char *shown = target_param(&target, "token");
    if (shown) {
        shown += strspn(shown, " "); // as it was copied
        (void)snprintf(token, size, "%.*s", (int)strcspn(shown, " "), shown);
    }
    bool ours = is_ours(form, target_param(&target, "word"));
    bytes_wipe(&target, sizeof target);
    bytes_wipe(raw, sizeof raw);
    return ours;
}
