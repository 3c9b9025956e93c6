// SPDX-License-Identifier: Apache-2.0
#include "common/storage/comment_keys.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/crc32c.h"

// One slot, by field, integers little endian.  Slot 0 is the file's head: the
// magic as id, the version as occurred_at.
struct slot_bytes {
    uint8_t id[EVENT_ID_SIZE];
    uint64_t occurred_at;
    uint8_t dealer[DEALER_ID_MAX]; // filled up with zeros
    uint8_t key[COMMENT_KEY_SIZE];
    uint32_t erased;   // 1: erased, the key is zeros
    uint32_t checksum; // CRC32C of all before
};
_Static_assert(sizeof(struct slot_bytes) == 96, "no padding");

enum { FORMAT = 1, PATH_ROOM = 4096, SLOTS_AT_A_TIME = 1024 };
enum { SLOT_SIZE = sizeof(struct slot_bytes) };

static const uint8_t magic[EVENT_ID_SIZE] = "dp-comment-keys";

struct comment_keys {
    int fd;
    uint64_t kept, appended; // slots on disk, slots written
    struct slot_bytes slot;  // lends comment_keys_get's dealer
};

static void
seal_slot(struct slot_bytes *slot)
{
    slot->checksum =
        htole32(crc32c(slot, offsetof(struct slot_bytes, checksum)));
}

static bool
is_whole(const struct slot_bytes *slot)
{
    return le32toh(slot->checksum) ==
           crc32c(slot, offsetof(struct slot_bytes, checksum));
}

static enum status
status_of_errno(void)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_FULL;
    case ENOENT:
        return STATUS_UNAVAILABLE;
    default:
        return STATUS_SYSTEM;
    }
}

static enum status
write_at(int fd, const void *bytes, size_t length, uint64_t slot)
{
    const char *from = bytes;
    off_t at = (off_t)(slot * SLOT_SIZE);

    while (length > 0) {
        ssize_t written = pwrite(fd, from, length, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return status_of_errno();
        from += written;
        at += written;
        length -= (size_t)written;
    }
    return STATUS_OK;
}

// read_at reads up to `slots` whole slots and returns how many; -1 with errno.
static ssize_t
read_at(int fd, struct slot_bytes *slots, size_t count, uint64_t first)
{
    size_t wanted = count * SLOT_SIZE, have = 0;

    while (have < wanted) {
        ssize_t got = pread(fd, (char *)slots + have, wanted - have,
                            (off_t)(first * SLOT_SIZE + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)(have / SLOT_SIZE);
}

// make_head writes the head of a new file, and the file into its folder.
static enum status
make_head(struct comment_keys *keys, const char *folder)
{
    struct slot_bytes head = {.occurred_at = htole64(FORMAT)};

    memcpy(head.id, magic, sizeof magic);
    seal_slot(&head);
    enum status status = write_at(keys->fd, &head, sizeof head, 0);
    if (status == STATUS_OK && fdatasync(keys->fd) != 0)
        status = status_of_errno();
    if (status != STATUS_OK)
        return status;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        status = STATUS_SYSTEM;
    if (fd >= 0)
        close(fd);
    keys->kept = 1;
    return status;
}

static enum status
read_head(struct comment_keys *keys, const char *folder, bool may_make)
{
    struct slot_bytes head;
    struct stat file;

    if (fstat(keys->fd, &file) != 0)
        return STATUS_SYSTEM;
    keys->kept = (uint64_t)file.st_size / SLOT_SIZE; // the rest was cut short
    if (keys->kept == 0)
        return may_make ? make_head(keys, folder) : STATUS_UNAVAILABLE;
    if (read_at(keys->fd, &head, 1, 0) != 1)
        return STATUS_SYSTEM;
    if (memcmp(head.id, magic, sizeof magic) != 0 || !is_whole(&head))
        return STATUS_CORRUPT;
    return le64toh(head.occurred_at) == FORMAT ? STATUS_OK : STATUS_MALFORMED;
}

enum status
comment_keys_open(struct comment_keys **out, const char *dir,
                  enum comment_keys_use use)
{
    char folder[PATH_ROOM], path[PATH_ROOM];
    int flags = use == COMMENT_KEYS_READ ? O_RDONLY : O_RDWR;

    if (snprintf(folder, sizeof folder, "%s/keys", dir) >= PATH_ROOM ||
        snprintf(path, sizeof path, "%s/keys/comments", dir) >= PATH_ROOM)
        return STATUS_MALFORMED;
    struct comment_keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        return STATUS_SYSTEM;
    if (use == COMMENT_KEYS_APPEND)
        flags |= O_CREAT;
    keys->fd = open(path, flags | O_CLOEXEC, 0600);
    enum status status =
        keys->fd < 0 ? status_of_errno()
                     : read_head(keys, folder, use == COMMENT_KEYS_APPEND);
    if (status != STATUS_OK) {
        comment_keys_close(keys);
        return status;
    }
    keys->appended = keys->kept;
    *out = keys;
    return STATUS_OK;
}

void
comment_keys_close(struct comment_keys *keys)
{
    if (!keys)
        return;
    if (keys->fd >= 0)
        close(keys->fd);
    explicit_bzero(keys, sizeof *keys);
    free(keys);
}

enum status
comment_keys_append(struct comment_keys *keys, const struct comment_key *key,
                    uint64_t *slot)
{
    struct slot_bytes bytes = {.occurred_at =
                                   htole64((uint64_t)key->occurred_at)};

    memcpy(bytes.id, key->id.bytes, sizeof bytes.id);
    memcpy(bytes.dealer, key->dealer.data, key->dealer.length);
    memcpy(bytes.key, key->bytes, sizeof bytes.key);
    seal_slot(&bytes);
    enum status status =
        write_at(keys->fd, &bytes, sizeof bytes, keys->appended);
    explicit_bzero(&bytes, sizeof bytes);
    if (status == STATUS_OK)
        *slot = keys->appended++;
    return status;
}

enum status
comment_keys_commit(struct comment_keys *keys)
{
    if (keys->appended == keys->kept)
        return STATUS_OK;
    if (fdatasync(keys->fd) != 0) {
        keys->appended = keys->kept;
        return status_of_errno();
    }
    keys->kept = keys->appended;
    return STATUS_OK;
}

// show says what stands in a slot.
static void
show(const struct slot_bytes *slot, struct comment_key *key)
{
    size_t length = 0;

    while (length < DEALER_ID_MAX && slot->dealer[length] != 0)
        length++;
    key->dealer = span_of(slot->dealer, length);
    memcpy(key->id.bytes, slot->id, sizeof slot->id);
    key->occurred_at = (int64_t)le64toh(slot->occurred_at);
    key->erased = le32toh(slot->erased) != 0;
    memcpy(key->bytes, slot->key, sizeof slot->key);
}

enum status
comment_keys_get(struct comment_keys *keys, uint64_t slot,
                 struct comment_key *key)
{
    if (slot == 0)
        return STATUS_NOT_FOUND;
    ssize_t count = read_at(keys->fd, &keys->slot, 1, slot);
    if (count < 0)
        return STATUS_SYSTEM;
    if (count == 0)
        return STATUS_NOT_FOUND;
    if (!is_whole(&keys->slot))
        return STATUS_CORRUPT;
    show(&keys->slot, key);
    return STATUS_OK;
}

struct walk {
    bool (*visit)(void *context, uint64_t slot, const struct comment_key *key);
    void *context;
    bool erased;
};

// walk_some shows the slots just read and erases among them.
static enum status
walk_some(struct comment_keys *keys, struct walk *walk,
          struct slot_bytes *slots, size_t many, uint64_t first)
{
    struct comment_key key;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < many && status == STATUS_OK; i++) {
        show(&slots[i], &key);
        key.erased = key.erased && is_whole(&slots[i]);
        if (!walk->visit(walk->context, first + i, &key) || key.erased)
            continue;
        memset(slots[i].key, 0, sizeof slots[i].key);
        slots[i].erased = htole32(1);
        seal_slot(&slots[i]);
        status = write_at(keys->fd, &slots[i], SLOT_SIZE, first + i);
        walk->erased = true;
    }
    return status;
}

enum status
comment_keys_walk(struct comment_keys *keys,
                  bool (*visit)(void *context, uint64_t slot,
                                const struct comment_key *key),
                  void *context)
{
    struct slot_bytes *slots = malloc(SLOTS_AT_A_TIME * sizeof *slots);
    enum status status = slots ? STATUS_OK : STATUS_SYSTEM;
    struct walk walk = {visit, context, false};
    uint64_t first = 1;
    ssize_t many = 1;

    while (status == STATUS_OK && many > 0) {
        many = read_at(keys->fd, slots, SLOTS_AT_A_TIME, first);
        if (many < 0)
            status = STATUS_SYSTEM;
        else
            status = walk_some(keys, &walk, slots, (size_t)many, first);
        first += many < 0 ? 0 : (uint64_t)many;
    }
    if (slots)
        explicit_bzero(slots, SLOTS_AT_A_TIME * sizeof *slots);
    free(slots);
    if (status == STATUS_OK && walk.erased && fdatasync(keys->fd) != 0)
        status = STATUS_SYSTEM;
    return status;
}
