// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a tally, and the names of its plain counts.
//
// Per counter, ascending: varint of how many numbers were skipped since the
// one before, varint of the zigzag value.  No header: an empty tally is no
// bytes, and there are as many counters as pairs of last bytes.
#include <assert.h>
#include <string.h>

#include "common/domain/tally.h"
#include "common/domain/varint.h"

size_t
tally_encoded_max(uint32_t used)
{
    return (size_t)used * (VARINT32_MAX + VARINT_MAX);
}

size_t
tally_encode(const struct tally *tally, uint8_t *out)
{
    uint8_t *at = out;
    uint32_t next = 0;

    for (uint32_t i = 0; i < tally->used; i++) {
        at = varint_put(at, tally->counters[i] - next);
        at = varint_put(at, zigzag(tally->values[i]));
        next = tally->counters[i] + 1;
    }
    return (size_t)(at - out);
}

enum status
tally_count(struct span bytes, uint32_t *count)
{
    uint32_t ends = 0;

    for (uint32_t i = 0; i < bytes.length; i++)
        ends += bytes.data[i] < 0x80;
    if (ends % 2 != 0 ||
        (bytes.length > 0 && bytes.data[bytes.length - 1] >= 0x80))
        return STATUS_CORRUPT;
    *count = ends / 2;
    return STATUS_OK;
}

// read_pair reads one counter, which must be at least *next, and its value.
static bool
read_pair(const uint8_t **at, const uint8_t *end, uint64_t *next,
          uint32_t *counter_out, int64_t *value_out)
{
    uint64_t step, value;

    if (!varint_get(at, end, &step) || !varint_get(at, end, &value) ||
        step > UINT32_MAX || *next + step > UINT32_MAX || value == 0)
        return false;
    *counter_out = (uint32_t)(*next + step);
    *value_out = unzigzag(value);
    *next += step + 1;
    return true;
}

enum status
tally_decode(struct tally *tally, struct span bytes)
{
    const uint8_t *at = bytes.data;
    const uint8_t *const end = bytes.length > 0 ? at + bytes.length : at;
    uint64_t next = 0;
    uint32_t used = 0;

    tally->used = 0;
    for (; at < end; used++) {
        if (used == tally->capacity)
            return STATUS_FULL;
        if (!read_pair(&at, end, &next, &tally->counters[used],
                       &tally->values[used]))
            return STATUS_CORRUPT;
    }
    tally->used = used;
    return STATUS_OK;
}

// The names people type; the list in the header, in lower case.
static const char *const names[] = {
    [COUNT_RESPONSES] = "responses",
    [COUNT_PARTIAL] = "partial",
    [COUNT_SURPLUS] = "surplus",
    [COUNT_RESURVEYS] = "resurveys",
    [COUNT_INVITED] = "invited",
    [COUNT_BOUNCED] = "bounced",
    [COUNT_REFUSED] = "refused",
    [COUNT_VISITS] = "visits",
    [COUNT_VISITS_CLOSED] = "visits_closed",
    [COUNT_CUSTOMERS] = "customers",
    [COUNT_RETURNING] = "returning",
    [COUNT_CASES] = "cases",
    [COUNT_CASES_RESOLVED] = "cases_resolved",
    [COUNT_CASES_UNOPENED] = "cases_unopened",
    [COUNT_NO_ROOT_CAUSE] = "no_root_cause",
    [COUNT_TIME_REVERSED] = "time_reversed",
    [COUNT_CONFIRMED] = "confirmed",
    [COUNT_UNFOUNDED] = "unfounded",
    [COUNT_FRAUD] = "fraud",
    [COUNT_EMERGENCY_UPDATES] = "emergency_updates",
    [COUNT_EMERGENCY_MISSED] = "emergency_missed",
    [COUNT_VOIDED] = "voided",
    [COUNT_CORRECTED] = "corrected",
    [COUNT_HELD] = "held",
    [COUNT_CONTROL_ORPHAN] = "control_orphan",
    [COUNT_ENTITY_TOO_LARGE] = "entity_too_large",
    [COUNT_REVIEWS] = "reviews",
    [COUNT_REVIEWS_GOOD] = "reviews_good",
    [COUNT_REVIEWS_NEUTRAL] = "reviews_neutral",
    [COUNT_REVIEWS_BAD] = "reviews_bad",
    [COUNT_REVIEWS_1_STAR] = "reviews_1_star",
    [COUNT_REVIEWS_2_STARS] = "reviews_2_stars",
    [COUNT_REVIEWS_3_STARS] = "reviews_3_stars",
    [COUNT_REVIEWS_4_STARS] = "reviews_4_stars",
    [COUNT_REVIEWS_5_STARS] = "reviews_5_stars",
    [COUNT_CALLS] = "calls",
    [COUNT_CALLS_ANSWERED] = "calls_answered",
    [COUNT_CALLS_SHORT] = "calls_short",
    [COUNT_CALLS_CHECKED] = "calls_checked",
    [COUNT_CALLS_PASSED] = "calls_passed",
    [COUNT_CHATS] = "chats",
    [COUNT_CHATS_ANSWERED] = "chats_answered",
    [COUNT_POINTS_EARNED] = "points_earned",
    [COUNT_POINTS_REDEEMED] = "points_redeemed",
    [COUNT_POINTS_EXPIRED] = "points_expired",
    [COUNT_POINTS_REVERSED] = "points_reversed",
    [COUNT_BENEFITS] = "benefits",
    [COUNT_BENEFITS_WASH] = "benefits_wash",
    [COUNT_BENEFITS_OIL_LABOUR] = "benefits_oil_labour",
    [COUNT_BENEFITS_WAXING] = "benefits_waxing",
    [COUNT_BENEFITS_CHECK] = "benefits_check",
    [COUNT_BENEFITS_LABOUR_DISCOUNT] = "benefits_labour_discount",
    [COUNT_BENEFITS_PARTS_DISCOUNT] = "benefits_parts_discount",
    [COUNT_BENEFITS_CLAIM] = "benefits_claim",
    [COUNT_BENEFITS_INSURANCE] = "benefits_insurance",
    [COUNT_BENEFITS_TOUR] = "benefits_tour",
    [COUNT_BENEFITS_RESCUE] = "benefits_rescue",
    [COUNT_BENEFITS_LECTURE] = "benefits_lecture",
    [COUNT_BENEFITS_OTHER] = "benefits_other",
    [COUNT_CONTACTS] = "contacts",
    [COUNT_CONTACTS_REACHED] = "contacts_reached",
    [COUNT_CONTACTS_WRONG_NUMBER] = "contacts_wrong_number",
    [COUNT_FOLLOW_UPS] = "follow_ups",
    [COUNT_GREETINGS_HOLIDAY] = "greetings_holiday",
    [COUNT_GREETINGS_BIRTHDAY] = "greetings_birthday",
    [COUNT_RETENTION_FINANCIAL] = "retention_financial",
    [COUNT_RETENTION_SOCIAL] = "retention_social",
    [COUNT_RETENTION_STRUCTURAL] = "retention_structural",
    [COUNT_REFERRALS] = "referrals",
    [COUNT_PURCHASES] = "purchases",
    [COUNT_PURCHASES_REPLACING] = "purchases_replacing",
    [COUNT_PURCHASE_FEN] = "purchase_fen",
    [COUNT_PURCHASE_MARGIN_FEN] = "purchase_margin_fen",
    [COUNT_CHURNED] = "churned",
    [COUNT_CHURNED_STAFF_TURNOVER] = "churned_staff_turnover",
    [COUNT_CHURNED_RIVAL] = "churned_rival",
    [COUNT_CHURNED_MARKET_CONTROL] = "churned_market_control",
    [COUNT_CHURNED_DETAILS] = "churned_details",
    [COUNT_CHURNED_NO_RESEARCH] = "churned_no_research",
    [COUNT_CHURNED_SERVICE_SPIRIT] = "churned_service_spirit",
    [COUNT_CHURNED_PRICE] = "churned_price",
    [COUNT_CHURNED_QUALITY] = "churned_quality",
    [COUNT_CHURNED_AFTER_SALES] = "churned_after_sales",
    [COUNT_CHURNED_NO_CARE] = "churned_no_care",
    [COUNT_CHURNED_OTHER] = "churned_other",
    [COUNT_AUDITS] = "audits",
    [COUNT_AUDIT_PASSED] = "audit_passed",
    [COUNT_AUDIT_TOTAL] = "audit_total",
    [COUNT_AUDIT_VETOES] = "audit_vetoes",
    [COUNT_CONTACTS_RECHECKED] = "contacts_rechecked",
    [COUNT_CONTACTS_CORRECT] = "contacts_correct",
    [COUNT_LEVELS_RELIABILITY] = "levels_reliability",
    [COUNT_LEVELS_RELIABILITY_STANDARD] = "levels_reliability_standard",
    [COUNT_LEVELS_RELIABILITY_CAPABILITY] = "levels_reliability_capability",
    [COUNT_LEVELS_RELIABILITY_DELIVERED] = "levels_reliability_delivered",
    [COUNT_LEVELS_ASSURANCE] = "levels_assurance",
    [COUNT_LEVELS_ASSURANCE_STANDARD] = "levels_assurance_standard",
    [COUNT_LEVELS_ASSURANCE_CAPABILITY] = "levels_assurance_capability",
    [COUNT_LEVELS_ASSURANCE_DELIVERED] = "levels_assurance_delivered",
    [COUNT_LEVELS_TANGIBLES] = "levels_tangibles",
    [COUNT_LEVELS_TANGIBLES_STANDARD] = "levels_tangibles_standard",
    [COUNT_LEVELS_TANGIBLES_CAPABILITY] = "levels_tangibles_capability",
    [COUNT_LEVELS_TANGIBLES_DELIVERED] = "levels_tangibles_delivered",
    [COUNT_LEVELS_EMPATHY] = "levels_empathy",
    [COUNT_LEVELS_EMPATHY_STANDARD] = "levels_empathy_standard",
    [COUNT_LEVELS_EMPATHY_CAPABILITY] = "levels_empathy_capability",
    [COUNT_LEVELS_EMPATHY_DELIVERED] = "levels_empathy_delivered",
    [COUNT_LEVELS_RESPONSIVENESS] = "levels_responsiveness",
    [COUNT_LEVELS_RESPONSIVENESS_STANDARD] = "levels_responsiveness_standard",
    [COUNT_LEVELS_RESPONSIVENESS_CAPABILITY] =
        "levels_responsiveness_capability",
    [COUNT_LEVELS_RESPONSIVENESS_DELIVERED] = "levels_responsiveness_delivered",
    [COUNT_TRAININGS] = "trainings",
    [COUNT_TRAININGS_CERTIFIED] = "trainings_certified",
    [COUNT_TRAINING_MINUTES] = "training_minutes",
    [COUNT_DISCLOSURES] = "disclosures",
    [COUNT_GUIDANCES] = "guidances",
    [COUNT_MEMBERS_JOINED] = "members_joined",
    [COUNT_MEMBERS_LEFT] = "members_left",
    [COUNT_STAFF] = "staff",
    [COUNT_STAFF_TRAINED] = "staff_trained",
    [COUNT_STAFF_LEFT] = "staff_left",
    [COUNT_INVOICES] = "invoices",
    [COUNT_INVOICED_FEN] = "invoiced_fen",
    [COUNT_INVOICED_VEHICLE_FEN] = "invoiced_vehicle_fen",
    [COUNT_INVOICED_PARTS_FEN] = "invoiced_parts_fen",
    [COUNT_INVOICED_SERVICE_FEN] = "invoiced_service_fen",
    [COUNT_INVOICED_OTHER_FEN] = "invoiced_other_fen",
    [COUNT_STAFF_RESPONSES] = "staff_responses",
    [COUNT_STAFF_ANSWERS] = "staff_answers",
    [COUNT_STAFF_ANSWER_SUM] = "staff_answer_sum",
    [COUNT_DEALER_RESPONSES] = "dealer_responses",
    [COUNT_DEALER_ANSWERS] = "dealer_answers",
    [COUNT_DEALER_ANSWER_SUM] = "dealer_answer_sum",
    [COUNT_ELIGIBLE] = "eligible",
    [COUNT_ESTIMATED] = "estimated",
    [COUNT_OVERRUN] = "overrun",
    [COUNT_ESTIMATE_FEN] = "estimate_fen",
    [COUNT_SETTLED_FEN] = "settled_fen",
    [COUNT_PROMISED] = "promised",
    [COUNT_READY_IN_TIME] = "ready_in_time",
    [COUNT_COACHED] = "coached",
    [COUNT_INCENTIVE] = "incentive",
    [COUNT_CASES_CLOSED] = "cases_closed",
    [COUNT_FIX_DUE] = "fix_due",
    [COUNT_FIXED_FIRST] = "fixed_first",
    [COUNT_CONFIRMED_SEVERE] = "confirmed_severe",
    [COUNT_MADE_GOOD] = "made_good",
    [COUNT_FOLLOW_UP_DUE] = "follow_up_due",
    [COUNT_FOLLOWED_UP] = "followed_up",
    [COUNT_SIGNED] = "signed",
    [COUNT_DISCLOSED] = "disclosed",
    [COUNT_FIRST_VISITS] = "first_visits",
    [COUNT_FIRST_GUIDED] = "first_guided",
    [COUNT_HOTLINE_MINUTES] = "hotline_minutes",
    [COUNT_HOTLINE_MISSED] = "hotline_missed",
};
static_assert(sizeof names / sizeof *names == COUNT_END, "every count a name");

static const char *const texts[] = {
#define X(name, text) [COUNT_##name] = text,
    COUNT_MAP(X)
#undef X
};

const char *
count_name(enum count count)
{
    return (unsigned)count < COUNT_END ? names[count] : "unknown";
}

const char *
count_text(enum count count)
{
    return (unsigned)count < COUNT_END ? texts[count] : "unknown";
}

enum count
count_by_name(const char *name)
{
    unsigned count = 0;

    while (count < COUNT_END && strcmp(names[count], name) != 0)
        count++;
    return (enum count)count;
}
