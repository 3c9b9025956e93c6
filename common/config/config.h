// SPDX-License-Identifier: Apache-2.0
//
// config: dealerpulse.yaml, one file for every program.
//
// Every key has a default; unknown keys and wrong types are problems.  Paths
// in the file are relative to the file.
//
// Keys.  `key` names a file with a secret key (common/crypto/key_file.h), every
// other key in here is a public one, 40 Z85 characters; "" stands for none.  A
// program uses keys on all its links or on none, and the file says all a
// program needs for that: config_keys_problem tells what is missing.
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
    CONFIG_DEALERS_MAX = 1000,
    CONFIG_KEY_MAX = 41, // a public key and its NUL
    LISTENERS_MAX = 4,
};

// A place where terminals come in.  Two of them with two keys let terminals
// move from one server key to the next.
struct listener {
    char endpoint[ENDPOINT_MAX];
    char key[PATH_MAX];           // the collector's if empty in the file
    char advertise[ENDPOINT_MAX]; // what terminals are told; endpoint if empty
};

// A collector as a terminal knows it.
struct collector_address {
    char endpoint[ENDPOINT_MAX];
    char key[CONFIG_KEY_MAX]; // the server's; "": in the clear
};

struct aggregator_config {
    char listen[ENDPOINT_MAX];  // collectors; tcp://127.0.0.1:7071
    char queries[ENDPOINT_MAX]; // tcp://127.0.0.1:7072
    char data[PATH_MAX];        // /var/lib/dealerpulse
    char key[PATH_MAX];         // secret key file
    uint64_t journal_bytes;     // map size; 1 TiB
    uint64_t state_bytes;       // map size; 1 TiB
    uint64_t reserve_bytes;     // take nothing with less free disk; 256 MiB
    uint64_t checkpoint_events; // a checkpoint after so many; 400000
    uint64_t checkpoint_ms;     // or so long after the last commit; 1000
};

struct collector_config {
    char name[33]; // collector-1
    size_t listen_count;
    struct listener listen[LISTENERS_MAX]; // terminals; tcp://127.0.0.1:7070
    char aggregator[ENDPOINT_MAX];         // tcp://127.0.0.1:7071
    char queries[ENDPOINT_MAX];            // tcp://127.0.0.1:7072
    uint32_t credit;    // events unanswered per terminal; 4096
    uint32_t quota;     // events a second per terminal; 0: no quota
    uint32_t burst;     // events at once after a pause; 0: ten seconds' worth
    char key[PATH_MAX]; // secret key file
};

struct reporter_config {
    char queries[ENDPOINT_MAX]; // tcp://127.0.0.1:7072
    char publish[ENDPOINT_MAX]; // tcp://127.0.0.1:7073
    char http[ENDPOINT_MAX];    // 127.0.0.1:8080
    uint64_t refresh_ms;        // how often to look for changes; 500
    char key[PATH_MAX];         // secret key file
    char host[ENDPOINT_MAX];    // the name browsers use; ""
    char tokens[PATH_MAX];      // who may read what (tokens.h); "": loopback
    char audit[PATH_MAX];       // who did; with tokens
    char tls_certificate[PATH_MAX], tls_key[PATH_MAX]; // PEM; both or none
};

enum { CONFIG_URL_MAX = 1023 };

// When somebody is to act.
struct alerts_config {
    uint64_t contact_ms; // after a detractor's answer; 24h
    uint64_t window_ms;  // older ones are left alone; 7d
};

// Who is told of alerts.
struct webhook_config {
    char url[CONFIG_URL_MAX + 1]; // "": nobody
    char secret[PATH_MAX];        // a file that others may not read
    char log[PATH_MAX];           // of deliveries
};

// What a person at headquarters uses.
struct console_config {
    char queries[ENDPOINT_MAX]; // reporter.queries
    char key[PATH_MAX];         // secret key file; reporter.key
};

struct terminal_config {
    char name[33];       // terminal-1
    char role[16];       // dealer | hq
    size_t dealer_count; // whom it speaks for
    char (*dealers)[33];
    char spool[PATH_MAX]; // /var/lib/dealerpulse-terminal/spool.db
    uint64_t spool_bytes; // refuse to grow beyond; 1 GiB
    size_t collector_count;
    struct collector_address
        collectors[CONFIG_ENDPOINTS_MAX]; // tcp://127.0.0.1:7070
    char key[PATH_MAX];                   // secret key file
    char sign_key[PATH_MAX]; // secret Ed25519 key file; signs events
};

struct config {
    char programme[PATH_MAX]; // programme.yaml
    char dealers[PATH_MAX];   // dealers.csv
    char keyring[PATH_MAX];   // who may speak (keyring.h); "": no keys
    char aggregator_key[CONFIG_KEY_MAX];
    struct aggregator_config aggregator;
    struct collector_config collector;
    struct reporter_config reporter;
    struct alerts_config alerts;
    struct webhook_config webhook;
    struct console_config console;
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

// Which program's keys: they go together.
enum config_program {
    CONFIG_AGGREGATOR,
    CONFIG_COLLECTOR,
    CONFIG_REPORTER,
    CONFIG_CONSOLE,
    CONFIG_TERMINAL,
};

// config_has_keys tells whether a program uses keys: on every link or on none.
bool config_has_keys(const struct config *config, enum config_program program);

// config_keys_problem returns a sentence about what a program's keys lack, or
// NULL when they are complete or there are none.
const char *config_keys_problem(const struct config *config,
                                enum config_program program);

// config_reader_problem returns a sentence about what the reporter lacks to
// know its readers (tokens, audit, TLS), or NULL.
const char *config_reader_problem(const struct reporter_config *reporter);

// config_free frees what a config owns; after a failure it owns nothing.
void config_free(struct config *config);

// endpoint_is_local tells whether an endpoint binds to loopback only
// (127.0.0.0/8, ::1, localhost, ipc://, inproc://).
bool endpoint_is_local(const char *endpoint);

// endpoint_is_everywhere tells whether it binds to all addresses of a host
// (0.0.0.0, [::], *), so that nobody can be told to connect to it.
bool endpoint_is_everywhere(const char *endpoint);
