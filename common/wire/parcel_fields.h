// SPDX-License-Identifier: Apache-2.0
//
// parcel_fields: field numbers shared by what reads and writes parcels.
#pragma once

#include "common/wire/envelope.h"

enum { BATCH_PARCELS = 3, COMMIT_PARCELS = 4 };

enum {
    PARCEL_TERMINAL = 1,
    PARCEL_EPOCH,
    PARCEL_SENT_AT,
    PARCEL_DELIVERIES,
    PARCEL_COLLECTOR,
    PARCEL_RECEIVED_AT,
    PARCEL_SETTLED,
    PARCEL_TOLD_SEQ,
};

enum {
    DELIVERY_SEQ = 1,
    DELIVERY_RECORDED_AT,
    DELIVERY_BODY,
    DELIVERY_SALT,
    DELIVERY_COMMENT,
    DELIVERY_SIGNATURE,
    DELIVERY_SEALED,
};

enum { SETTLED_FIRST_SEQ = 1, SETTLED_LAST_SEQ, SETTLED_CODE, SETTLED_DIGEST };
