// SPDX-License-Identifier: Apache-2.0
//
// The keyring, and secret key files: the first byte chooses, K or F.  Whoever
// is taken up is found, by key and by name, and speaks for nobody else; a key
// file gives a pair that belongs together.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/config/keyring.h"
#include "common/crypto/digest.h"
#include "common/crypto/key_file.h"
#include "tests/fuzz/readers.h"

static void
entry_is_fit(const struct keyring *keyring, const struct keyring_entry *entry)
{
    char text[Z85_KEY_TEXT + 1];
    uint8_t key[Z85_KEY_BYTES];
    size_t count;

    must(keyring_find(keyring, entry->key) == entry, "a key is found, once");
    must(keyring_named(keyring, span_text(entry->name), &count) && count > 0,
         "a name is found");
    must(text_is_word(span_text(entry->name), KEYRING_NAME_MAX),
         "a name is a name");
    z85_key_write(entry->key, text);
    must(z85_key_read(span_text(text), key) &&
             memcmp(key, entry->key, sizeof key) == 0,
         "a key reads as it is written");
    must((entry->role == ROLE_DEALER) == (entry->dealer_count > 0),
         "dealers speak for dealers");
    for (uint32_t i = 0; i < entry->dealer_count; i++)
        must(text_is_word(span_text(entry->dealers[i]), DEALER_ID_MAX) &&
                 key_speaks_for(entry, span_text(entry->dealers[i])),
             "a dealer speaks for its own");
    must(key_speaks_for(entry, span_text("nobody there")) ==
             (entry->role == ROLE_HQ),
         "and for nobody else");
    must(!keyring_admit(keyring, entry->key, 0) || !entry->revoked,
         "who is revoked is not let in");
}

static void
try_keyring(struct span text)
{
    static struct problems problems;
    struct keyring *keyring = NULL;

    problems = (struct problems){0};
    enum status status = keyring_read(text, "k", &keyring, &problems);
    judge(status, &problems);
    if (status != STATUS_OK)
        return;
    // A NUL would end a name before its end.
    must(!text.length || !memchr(text.data, 0, text.length) ||
             keyring->count == 0,
         "nothing is cut short");
    for (size_t i = 0; i < keyring->count; i++)
        entry_is_fit(keyring, &keyring->entries[i]);
    keyring_free(keyring);
}

static void
try_file(struct span text)
{
    static char path[64];
    char problem[KEY_PROBLEM_MAX] = "";
    struct key_pair *pair = NULL;

    if (!path[0]) {
        must(crypto_start() == STATUS_OK, "there is cryptography");
        snprintf(path, sizeof path, "/dev/shm/dp-fuzz-%d.key", (int)getpid());
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, text.length ? text.data : (const uint8_t *)"",
                          text.length) == (ssize_t)text.length,
         "the file can be written");
    close(fd);
    enum status status = key_file_load(path, KEY_CURVE, &pair, problem);
    must((status == STATUS_OK) == (problem[0] == '\0'),
         "what is refused has a reason");
    if (status == STATUS_OK)
        key_pair_free(pair);
    unlink(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span text = span_of(data + 1, size - 1);
    if (data[0] == 'F')
        try_file(text);
    else
        try_keyring(text);
    return 0;
}
