// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

static_assert(sizeof(crypto_generichash_state) <=
                  sizeof((struct digest_run *)0)->opaque,
              "a run has room for the state");
static_assert(alignof(crypto_generichash_state) <= alignof(struct digest_run),
              "a run is aligned like the state");

enum status
crypto_start(void)
{
    return sodium_init() < 0 ? STATUS_SYSTEM : STATUS_OK;
}

static void
check_size(size_t size)
{
    assert(size >= crypto_generichash_BYTES_MIN &&
           size <= crypto_generichash_BYTES_MAX);
}

void
digest(struct span bytes, uint8_t *out, size_t size)
{
    check_size(size);
    if (crypto_generichash(out, size, bytes.data, bytes.length, NULL, 0) != 0)
        abort(); // only for a size check_size refuses
}

static crypto_generichash_state *
state_of(struct digest_run *run)
{
    return (crypto_generichash_state *)(void *)run->opaque;
}

void
digest_begin(struct digest_run *run, size_t size)
{
    check_size(size);
    crypto_generichash_init(state_of(run), NULL, 0, size);
}

void
digest_add(struct digest_run *run, struct span bytes)
{
    crypto_generichash_update(state_of(run), bytes.data, bytes.length);
}

void
digest_end(struct digest_run *run, uint8_t *out, size_t size)
{
    crypto_generichash_final(state_of(run), out, size);
}

void
digest_two(struct span a, struct span b, uint8_t *out, size_t size)
{
    struct digest_run run;
    digest_begin(&run, size);
    digest_add(&run, a);
    digest_add(&run, b);
    digest_end(&run, out, size);
}

void
random_fill(void *memory, size_t size)
{
    randombytes_buf(memory, size);
}
