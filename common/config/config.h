// SPDX-License-Identifier: Apache-2.0
//
// config: dealerpulse.yaml, one file for every program.
//
// Every key has a default; unknown keys and wrong types are problems.  Paths
// in the file are relative to the file.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/config/problem.h"
#include "common/span.h"
#include "common/status.h"

enum {
    ENDPOINT_MAX = 128,
    CONFIG_ENDPOINTS_MAX = 16,
    CONFIG_DEALERS_MAX = 1000
};

struct aggregator_config {
    char listen[ENDPOINT_MAX];  // collectors; tcp://127.0.0.1:7071
    char queries[ENDPOINT_MAX]; // tcp://127.0.0.1:7072
    char data[PATH_MAX];        // /var/lib/dealerpulse
    uint64_t journal_bytes;     // map size; 1 TiB
    uint64_t state_bytes;       // map size; 1 TiB
    uint64_t checkpoint_events; // a checkpoint after so many; 400000
    uint64_t checkpoint_ms;     // or so long after the last commit; 1000
};

struct collector_config {
    char name[33];                 // collector-1
    char listen[ENDPOINT_MAX];     // terminals; tcp://127.0.0.1:7070
    char aggregator[ENDPOINT_MAX]; // tcp://127.0.0.1:7071
    char queries[ENDPOINT_MAX];    // tcp://127.0.0.1:7072
    char advertise[ENDPOINT_MAX];  // what terminals are told; listen if empty
    uint32_t credit;               // events unanswered per terminal; 4096
};

struct reporter_config {
    char queries[ENDPOINT_MAX]; // tcp://127.0.0.1:7072
    char publish[ENDPOINT_MAX]; // tcp://127.0.0.1:7073
    char http[ENDPOINT_MAX];    // 127.0.0.1:8080
    uint64_t refresh_ms;        // how often to look for changes; 500
};

struct terminal_config {
    char name[33];       // terminal-1
    char role[16];       // dealer | hq
    size_t dealer_count; // whom it speaks for
    char (*dealers)[33];
    char spool[PATH_MAX]; // /var/lib/dealerpulse-terminal/spool.db
    uint64_t spool_bytes; // refuse to grow beyond; 1 GiB
    size_t collector_count;
    char collectors[CONFIG_ENDPOINTS_MAX][ENDPOINT_MAX]; // tcp://127.0.0.1:7070
};

struct config {
    char programme[PATH_MAX]; // programme.yaml
    char dealers[PATH_MAX];   // dealers.csv
    struct aggregator_config aggregator;
    struct collector_config collector;
    struct reporter_config reporter;
    struct terminal_config terminal;
};

// config_load reads and validates path, or gives the defaults when path is
// NULL.  STATUS_MALFORMED with problems, STATUS_NOT_FOUND when it cannot be
// read (a problem says why).
MUST_USE enum status config_load(const char *path, struct config *config,
                                 struct problems *problems);

// config_read does so with text that came from path.
MUST_USE enum status config_read(struct span text, const char *path,
                                 struct config *config,
                                 struct problems *problems);

// config_free frees what a config owns; after a failure it owns nothing.
void config_free(struct config *config);

// endpoint_is_local tells whether an endpoint binds to loopback only
// (127.0.0.0/8, ::1, localhost, ipc://, inproc://).
bool endpoint_is_local(const char *endpoint);
