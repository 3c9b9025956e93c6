// SPDX-License-Identifier: Apache-2.0
//
// digest: BLAKE2b (RFC 7693) of bytes, and random bytes.
#pragma once

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

// crypto_start readies the library once per process, before anything else.
MUST_USE enum status crypto_start(void);

// digest writes `size` bytes (16..64) of unkeyed BLAKE2b over bytes.
void digest(struct span bytes, uint8_t *out, size_t size);

// digest_two is digest over a followed by b, without joining them.
void digest_two(struct span a, struct span b, uint8_t *out, size_t size);

// A digest over many pieces: begin, add any number, end with the same size.
struct digest_run {
    alignas(64) unsigned char opaque[384];
};
void digest_begin(struct digest_run *run, size_t size);
void digest_add(struct digest_run *run, struct span bytes);
void digest_end(struct digest_run *run, uint8_t *out, size_t size);

// random_fill fills memory with random bytes from the kernel.
void random_fill(void *memory, size_t size);
