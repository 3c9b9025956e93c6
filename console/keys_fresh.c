// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "console/keys_parts.h"

int
keys_usage(const char *sentence)
{
    fprintf(stderr, "dealerpulse keys: %s\n", sentence);
    return EX_USAGE;
}

void
fresh_close(struct fresh *fresh)
{
    key_pair_free(fresh->pair);
    key_pair_free(fresh->sign);
}

static int
write_secret(const char *path, enum key_kind kind, const struct key_pair *pair)
{
    char problem[KEY_PROBLEM_MAX];

    enum status status =
        pair ? key_file_write(path, kind, pair, problem) : STATUS_SYSTEM;
    if (status == STATUS_OK)
        return 0;
    fprintf(stderr, "dealerpulse keys: %s\n", pair ? problem : "out of memory");
    return EX_CANTCREAT;
}

int
fresh_make(struct fresh *fresh, const char *out, const char *name, bool signs)
{
    int length =
        out ? snprintf(fresh->file, sizeof fresh->file, "%s", out)
            : snprintf(fresh->file, sizeof fresh->file, "%s.key", name);
    if (length >= (int)sizeof fresh->file)
        return keys_usage("the file's name is too long");
    (void)snprintf(fresh->sign_file, sizeof fresh->sign_file, "%s.sign",
                   fresh->file);
    fresh->pair = key_pair_make(KEY_CURVE);
    int code = write_secret(fresh->file, KEY_CURVE, fresh->pair);
    if (code != 0)
        return code;
    z85_key_write(fresh->pair->public_key, fresh->text);
    if (!signs)
        return 0;
    fresh->sign = key_pair_make(KEY_SIGN);
    code = write_secret(fresh->sign_file, KEY_SIGN, fresh->sign);
    if (code != 0)
        (void)unlink(fresh->file);
    return code;
}

void
fresh_drop(const struct fresh *fresh)
{
    (void)unlink(fresh->file);
    if (fresh->sign)
        (void)unlink(fresh->sign_file);
}

void
fresh_print(const struct fresh *fresh)
{
    printf("public   %s\n", fresh->text);
    printf("secret   %s   (mode 0600; carry it to its program and nowhere "
           "else)\n",
           fresh->file);
    if (fresh->sign)
        printf("signing  %s   (terminal.sign_key)\n", fresh->sign_file);
}
