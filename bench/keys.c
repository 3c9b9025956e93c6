// SPDX-License-Identifier: Apache-2.0
#include "bench/keys.h"

#include <stdio.h>

#include "common/crypto/key_file.h"

bool
bench_keys_load(struct bench_link_keys *out, const struct bench_keys *keys,
                const char *name)
{
    char path[4096], problem[KEY_PROBLEM_MAX];

    *out = (struct bench_link_keys){0};
    if (!keys->folder)
        return true;
    (void)snprintf(path, sizeof path, "%s/%s.key", keys->folder, name);
    if (!keys->server || !z85_key_read(span_text(keys->server), out->server)) {
        fprintf(stderr, "bench-load: --keys needs --server-key KEY\n");
        return false;
    }
    if (key_file_load(path, KEY_CURVE, &out->own, problem) != STATUS_OK) {
        fprintf(stderr, "bench-load: %s\n", problem);
        return false;
    }
    out->client = (struct curve_client){out->server, out->own->public_key,
                                        out->own->secret_key};
    return true;
}

void
bench_keys_free(struct bench_link_keys *keys)
{
    key_pair_free(keys->own);
    *keys = (struct bench_link_keys){0};
}

const struct curve_client *
bench_keys_client(const struct bench_link_keys *keys)
{
    return keys->own ? &keys->client : NULL;
}
