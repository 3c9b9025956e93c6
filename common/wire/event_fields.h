// SPDX-License-Identifier: Apache-2.0
//
// event_fields: field numbers and bounds shared by the ways to read an event.
#pragma once

enum {
    FIELD_ID = 1,
    FIELD_DEALER,
    FIELD_OCCURRED_AT,
    FIELD_ISSUER,
    FIELD_VISIT,
    FIELD_INVITATION,
    FIELD_COMPLAINT,
    FIELD_CUSTOMER,
    FIELD_VEHICLE,
    FIELD_MODE,
    FIELD_CHANNEL,
    FIELD_PHASE,
    FIELD_TOUCHPOINT,
    FIELD_COMMENT_HASH,
    FIELD_STAFF,
    PAYLOAD_FIRST = 32 // from here on the number is the event type
};

enum {
    MODE_MAX = 6,
    CHANNEL_MAX = 8,
    PHASE_MAX = 3,
    TOUCHPOINT_MAX = 12,
    COMMENT_HASH_SIZE = 32,
    STAFF_MAX = 64,
};

// Of a SurveyResponse.
enum {
    FIELD_QUESTIONNAIRE = 1,
    FIELD_VERSION,
    FIELD_ITEMS,
    FIELD_VALUES,
    FIELD_NOT_APPLICABLE,
    FIELD_KIND,
    FIELD_PARENT,
    FIELD_STARTED_AT,
    FIELD_DURATION,
    FIELD_DEVICE,
    FIELD_NETWORK,
    FIELD_ATTRIBUTION,
    FIELD_COACHED,
    FIELD_INCENTIVE,
};

enum { QUESTIONNAIRE_ID_MAX = 32, ITEM_MAX = 4095, VALUE_MAX = 100 };
