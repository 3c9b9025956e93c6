// SPDX-License-Identifier: Apache-2.0
//
// recorder: preloaded into a program, it writes down in one order everything
// the program does to the files below a folder, and every message it sends.
// From that log power.py makes the disks a power cut could have left behind.
//
//   FAULTS_ROOT   the folder, absolute
//   FAULTS_LOG    where to write the log
//   FAULTS_MARKS  a file below the folder whose writes are marks, not data
//   FAULTS_LIE    nosync, nometasync: open LMDB so (negative controls);
//                 fsync: every sync succeeds and does nothing (likewise)
//   FAULTS_SHORT  N: the N-th write is cut to half its length, once; with
//                 FAULTS_LIE=write, from the N-th on they only pretend
//
// The log is a sequence of {operation, file, offset, length} (4 x 8 bytes, host
// order) each followed by `length` bytes.  Writes are logged with the lock held
// that also covers the write itself, so the log's order is the disk's.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation {
    OPERATION_OPEN = 1, // bytes: path below the root; offset: 1 created,
                        // 2 a folder
    OPERATION_WRITE,
    OPERATION_WRITE_THROUGH, // on a descriptor opened with O_DSYNC
    OPERATION_SYNC_BEGIN,
    OPERATION_SYNC_END,
    OPERATION_TRUNCATE, // offset: the new length
    OPERATION_UNLINK,   // bytes: the path
    OPERATION_RENAME,   // bytes: both paths, a NUL between them
    OPERATION_SEND,     // bytes: a message that leaves now
    OPERATION_MARK,     // bytes: what the program notes for itself
};

enum { DESCRIPTORS = 4096, PATH_ROOM = 4096 };

// What a descriptor stands for; file 0 is none of ours.
struct descriptor {
    uint64_t file;
    bool through, marks;
};

// Seen by the two files of this library, and by nobody it is loaded into.
#pragma GCC visibility push(hidden)

extern pthread_mutex_t recorder_lock;

// recorder_root is FAULTS_ROOT and its length; NULL: nothing is recorded.
const char *recorder_root(size_t *length);
// recorder_ours returns what a descriptor stands for, or NULL.
const struct descriptor *recorder_ours(int fd);
// recorder_note appends one entry; the lock is held.
void recorder_note(enum operation operation, uint64_t file, uint64_t offset,
                   const void *bytes, size_t length);
// recorder_lies tells whether FAULTS_LIE says so.
bool recorder_lies(const char *how);
// recorder_short_at is FAULTS_SHORT; 0: none.
uint64_t recorder_short_at(void);
// recorder_real finds the function that is shadowed here.
void *recorder_real(const char *name);

#define REAL(name) recorder_real(#name)

#pragma GCC visibility pop
