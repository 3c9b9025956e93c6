// SPDX-License-Identifier: Apache-2.0
//
// log: one line per event to stderr, "<prio>event-name key=value ...".
//
// Only processes log; libraries return a status.  Event names are stable and
// listed in docs/OPERATIONS.md.  Values are escaped by log_value: no byte of
// somebody else's reaches a terminal unfiltered.
#pragma once

#include <stddef.h>

#include "common/span.h"

enum log_level { // syslog's numbers, as systemd reads them
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

// log_threshold: lines above it are dropped; LOG_LEVEL_INFO at first.
void log_threshold(enum log_level level);

__attribute__((format(printf, 3, 4))) void
log_line(enum log_level level, const char *event, const char *format, ...);

#define log_error(event, ...)   log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warning(event, ...) log_line(LOG_LEVEL_WARNING, event, __VA_ARGS__)
#define log_notice(event, ...)  log_line(LOG_LEVEL_NOTICE, event, __VA_ARGS__)
#define log_info(event, ...)    log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)

enum { LOG_VALUE_MAX = 256 };

// log_value writes at most LOG_VALUE_MAX - 1 printable bytes of a foreign
// value, quoted when it has spaces, with \xNN for the rest, and returns text.
const char *log_value(char text[LOG_VALUE_MAX], struct span value);
