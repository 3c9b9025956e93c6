// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/secrecy.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) // as clang says it
#define LEAKS_ARE_SOUGHT
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LEAKS_ARE_SOUGHT
#endif

bool
secrecy_begin(void)
{
    static const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return false;
#ifndef LEAKS_ARE_SOUGHT // its leak checker attaches to its own process
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return false;
#endif
    return true;
}
