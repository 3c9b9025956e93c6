// SPDX-License-Identifier: Apache-2.0
#include "aggregator/sealing.h"

#include <endian.h>
#include <string.h>

#include "common/crypto/digest.h"

enum { SLOT_BYTES = 8, ABOUT_MAX = DEALER_ID_MAX + 1 + EVENT_ID_SIZE };

// about names the event to which the words belong.
static struct span
about(struct span dealer, const struct event_id *id, uint8_t room[ABOUT_MAX])
{
    memcpy(room, dealer.data, dealer.length);
    room[dealer.length] = 0;
    memcpy(room + dealer.length + 1, id->bytes, EVENT_ID_SIZE);
    return span_of(room, dealer.length + (size_t)1 + EVENT_ID_SIZE);
}

static enum status
seal(void *context, const struct event *event, const struct delivery *delivery,
     uint8_t room[SEALED_MAX], uint32_t *length)
{
    struct comment_key key = {.dealer = event->dealer_id,
                              .id = event->id,
                              .occurred_at = event->occurred_at};
    uint8_t name[ABOUT_MAX];
    uint64_t slot;

    random_fill(key.bytes, sizeof key.bytes);
    enum status status = comment_keys_append(context, &key, &slot);
    if (status == STATUS_OK) {
        slot = htobe64(slot);
        memcpy(room, &slot, SLOT_BYTES);
        *length =
            SLOT_BYTES +
            words_seal(key.bytes, about(event->dealer_id, &event->id, name),
                       delivery->salt, delivery->comment, room + SLOT_BYTES);
    }
    explicit_bzero(key.bytes, sizeof key.bytes);
    return status;
}

struct sealer
sealing_of(struct comment_keys *keys)
{
    return (struct sealer){.context = keys, .seal = seal};
}

uint64_t
sealing_slot(struct span sealed)
{
    uint64_t slot;

    if (sealed.length < SLOT_BYTES)
        return 0;
    memcpy(&slot, sealed.data, sizeof slot);
    return be64toh(slot);
}

enum status
sealing_open(struct comment_keys *keys, struct span dealer,
             const struct event_id *id, struct span sealed, struct said *said)
{
    struct comment_key key;
    uint8_t name[ABOUT_MAX];

    if (sealed.length < SLOT_BYTES || sealed.length > SEALED_MAX)
        return STATUS_CORRUPT;
    enum status status = comment_keys_get(keys, sealing_slot(sealed), &key);
    if (status != STATUS_OK)
        return status;
    bool opened =
        !key.erased && words_open(key.bytes, about(dealer, id, name),
                                  span_of(sealed.data + SLOT_BYTES,
                                          sealed.length - SLOT_BYTES),
                                  said->room, &said->salt, &said->comment);
    explicit_bzero(key.bytes, sizeof key.bytes);
    if (key.erased)
        return STATUS_NOT_FOUND;
    return opened ? STATUS_OK : STATUS_CORRUPT;
}
