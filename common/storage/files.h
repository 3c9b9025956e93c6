// SPDX-License-Identifier: Apache-2.0
//
// files: directories and small files that must survive a power cut.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

enum { FILES_PATH_MAX = 4096 };

// files_join writes "dir/name"; false when it does not fit.
bool files_join(char out[FILES_PATH_MAX], const char *dir, const char *name);

// files_exists tells whether there is anything of that name.
bool files_exists(const char *path);

// files_is_vacant tells whether dir is absent or empty; an owner.lock and a
// lost+found do not count.
bool files_is_vacant(const char *dir);

// files_sync returns when a file or directory is on disk.
MUST_USE enum status files_sync(const char *path);

// files_move renames within one file system and syncs both directories.
MUST_USE enum status files_move(const char *from, const char *to);

// files_exchange gives two names in one file system each what the other had, at
// once, and syncs both directories.  STATUS_MALFORMED: the file system cannot.
MUST_USE enum status files_exchange(const char *one, const char *other);

// files_make_dir makes a directory for the owner alone.  STATUS_BUSY: there is
// something of that name; STATUS_FULL: no room.
MUST_USE enum status files_make_dir(const char *path);

// files_replace writes a small file at once: readers see the old or the new.
MUST_USE enum status files_replace(const char *path, const char *text);

// files_copy copies a file, which may grow meanwhile, and returns when the copy
// is on disk.  STATUS_UNAVAILABLE: there is none.
MUST_USE enum status files_copy(const char *from, const char *to);

// files_remove removes a file or a directory with everything in it; what is
// not there is fine.
MUST_USE enum status files_remove(const char *path);

// files_free says how many bytes an ordinary user may still write where dir
// is.
MUST_USE enum status files_free(const char *dir, uint64_t *bytes);
