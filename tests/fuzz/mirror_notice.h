// SPDX-License-Identifier: Apache-2.0
//
// mirror_notice: the payloads that are a row of plain fields, by protobuf-c.
#pragma once

#include "common/domain/event.h"
#include "event.pb-c.h"

// Where a message and its texts stand until they are packed.
struct notice_room {
    _Alignas(max_align_t) uint8_t message[512];
    char texts[NOTICE_FIELDS_MAX][260];
};

// mirror_notice_fill reads payload `number` of the message `outer`, which is an
// Event or a Control as `around` says; mirror_notice_make puts one there, with
// `defaults` also the numbers that are 0.
void mirror_notice_fill(struct notice *notice,
                        const ProtobufCMessageDescriptor *around,
                        const void *outer, uint32_t number);
void mirror_notice_make(struct notice_room *room, const struct notice *notice,
                        const ProtobufCMessageDescriptor *around, void *outer,
                        uint32_t number, bool defaults);
