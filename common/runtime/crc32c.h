// SPDX-License-Identifier: Apache-2.0
//
// crc32c: the checksum inside every stored value (RFC 3720, B.4 has vectors).
// LMDB has none of its own.
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *bytes, size_t length);

// crc32c_portable is the same without the CPU's help, for tests.
uint32_t crc32c_portable(const void *bytes, size_t length);
