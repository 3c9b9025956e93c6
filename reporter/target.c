// SPDX-License-Identifier: Apache-2.0
#include "reporter/target.h"

#include <stdio.h>
#include <string.h>

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// decode writes the percent-decoded text of `length` bytes into to[size].
static const char *
decode(char *to, size_t size, const char *from, size_t length, bool plus)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (c == '%') {
            int high = i + 2 < length ? digit(from[i + 1]) : -1;
            int low = i + 2 < length ? digit(from[i + 2]) : -1;
            if (high < 0 || low < 0)
                return "a % in the address must be followed by two hex digits";
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return "the address contains a control character";
        if (used + 1 >= size)
            return "a part of the address is too long";
        to[used++] = c;
    }
    to[used] = 0;
    return NULL;
}

static const char *
read_param(struct target *target, const char *at, size_t length)
{
    const char *equals = memchr(at, '=', length);
    size_t name_length = equals ? (size_t)(equals - at) : length;
    struct target_param *param = &target->params[target->param_count];

    if (length == 0)
        return NULL; // "?a=1&": nothing after it
    if (target->param_count == TARGET_PARAMS_MAX)
        return "the address has too many parameters";
    const char *problem =
        decode(param->name, sizeof param->name, at, name_length, true);
    if (!problem)
        problem =
            decode(param->value, sizeof param->value, equals ? equals + 1 : "",
                   equals ? length - name_length - 1 : 0, true);
    if (problem)
        return problem;
    for (size_t i = 0; i < target->param_count; i++)
        if (strcmp(target->params[i].name, param->name) == 0)
            return "a parameter is given twice";
    target->param_count += 1;
    return NULL;
}

const char *
target_read(struct target *target, const char *raw)
{
    *target = (struct target){0};
    if (strnlen(raw, TARGET_MAX + 1) > TARGET_MAX)
        return "the address is too long";
    if (raw[0] != '/')
        return "the address must begin with /";

    size_t path_length = strcspn(raw, "?#");
    const char *problem =
        decode(target->path, sizeof target->path, raw, path_length, false);
    const char *at = raw + path_length;
    while (!problem && (*at == '?' || *at == '&')) {
        size_t length = strcspn(at + 1, "&#");
        problem = read_param(target, at + 1, length);
        at += 1 + length;
    }
    return problem;
}

const char *
target_param(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->param_count; i++)
        if (strcmp(target->params[i].name, name) == 0)
            return target->params[i].value[0] ? target->params[i].value : NULL;
    return NULL;
}

bool
target_set(struct target *target, const char *name, const char *value)
{
    size_t at = 0;

    while (at < target->param_count &&
           strcmp(target->params[at].name, name) != 0)
        at++;
    if (at == TARGET_PARAMS_MAX || strlen(name) >= TARGET_NAME_MAX ||
        strlen(value) >= TARGET_VALUE_MAX)
        return false;
    struct target_param *param = &target->params[at];
    (void)snprintf(param->name, sizeof param->name, "%s", name);
    (void)snprintf(param->value, sizeof param->value, "%s", value);
    if (at == target->param_count)
        target->param_count += 1;
    return true;
}
