// SPDX-License-Identifier: Apache-2.0
//
// spool_parts: the verbs of `dealerpulse-terminal spool`.  Each returns an exit
// code and has said what is wrong.
#pragma once

#include "client/dealerpulse.h"

struct spool_task {
    const char *path; // of the spool
    struct dealerpulse *pulse;
    const char *argument; // after the verb; NULL: none
    bool all, kept, summary;
};

int spool_ls(struct spool_task *task);
int spool_cat(struct spool_task *task);
int spool_verify(struct spool_task *task);
int spool_repair_command(struct spool_task *task); // without task->pulse
int spool_retry_command(struct spool_task *task);
int spool_export(struct spool_task *task);
int spool_load(struct spool_task *task);

// spool_trouble says what the last call on the handle failed with.
int spool_trouble(const struct spool_task *task,
                  enum dealerpulse_status status);

// spool_place is "waiting", "retry", "rejected" or "kept".
const char *spool_place(enum dealerpulse_place place);

// spool_print writes a foreign text without what could steer a screen.
void spool_print(const char *text);
