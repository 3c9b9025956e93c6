// SPDX-License-Identifier: Apache-2.0
//
// Alerts in answers: both ways.
#include "common/wire/answer_fields.h"
#include "common/wire/conversation.h"
#include "common/wire/put.h"
#include "common/wire/record.h"

static const struct rule row_table[] = {
    [ALERT_KEY] = {"key", FORM_BYTES, true, 1, ENTITY_KEY_MAX},
    [ALERT_KIND] = {"kind", FORM_UNSIGNED, false, 0, ALERT_KIND_COUNT - 1},
    [ALERT_DEALER] = {"dealer", FORM_NAME, false, 1, DEALER_ID_MAX},
    [ALERT_EVENT] = {"event", FORM_BYTES, false, EVENT_ID_SIZE, EVENT_ID_SIZE},
    [ALERT_AT] = {"at_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [ALERT_CLASS] = {"class", FORM_UNSIGNED, false, 0, CLASS_COUNT - 1},
    [ALERT_ANSWER_DUE] = {"answer_due_ms", FORM_SIGNED, false, INT64_MIN,
                          INT64_MAX},
    [ALERT_UPDATED_AT] = {"updated_at_ms", FORM_SIGNED, false, INT64_MIN,
                          INT64_MAX},
    [ALERT_UPDATE_DUE] = {"update_due_ms", FORM_SIGNED, false, INT64_MIN,
                          INT64_MAX},
    [ALERT_ITEM] = {"item", FORM_UNSIGNED, false, 0, ITEM_NUMBER_MAX},
    [ALERT_VALUE] = {"value", FORM_UNSIGNED, false, 0, SCALE_MAX},
};
static const struct rule page_table[] = {
    [1] = {"done", FORM_UNSIGNED, false, 0, 1},
    [2] = {"next_case", FORM_BYTES, false, 0, ENTITY_KEY_MAX},
    [3] = {"next_position", FORM_UNSIGNED, false, 0, INT64_MAX},
};

void
answer_alert(struct writer *writer, const struct alert_row *row)
{
    const struct alert *alert = &row->alert;

    put_open(writer, ANSWER_ALERTS);
    put_bytes(writer, ALERT_KEY, row->key);
    put_unsigned(writer, ALERT_KIND, alert->kind);
    if (alert->kind != ALERT_NONE) {
        put_bytes(writer, ALERT_DEALER, row->dealer);
        put_bytes(writer, ALERT_EVENT,
                  span_of(alert->event.bytes, sizeof alert->event.bytes));
        put_signed(writer, ALERT_AT, alert->at);
        put_unsigned(writer, ALERT_CLASS, alert->class);
        put_signed(writer, ALERT_ANSWER_DUE, alert->answer_due);
        put_signed(writer, ALERT_UPDATED_AT, alert->updated_at);
        put_signed(writer, ALERT_UPDATE_DUE, alert->update_due);
        put_unsigned(writer, ALERT_ITEM, alert->item);
        put_unsigned(writer, ALERT_VALUE, alert->value);
    }
    put_close(writer);
}

bool
alert_row_read(struct span bytes, struct alert_row *row)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(row_table), bytes).code)
        return false;
    struct span event = record_bytes(&record, ALERT_EVENT);
    *row = (struct alert_row){
        .key = record_bytes(&record, ALERT_KEY),
        .dealer = record_bytes(&record, ALERT_DEALER),
        .alert = {.kind = (enum alert_kind)record_number(&record, ALERT_KIND),
                  .at = record_signed(&record, ALERT_AT),
                  .class =
                      (enum complaint_class)record_number(&record, ALERT_CLASS),
                  .answer_due = record_signed(&record, ALERT_ANSWER_DUE),
                  .updated_at = record_signed(&record, ALERT_UPDATED_AT),
                  .update_due = record_signed(&record, ALERT_UPDATE_DUE),
                  .item = (uint16_t)record_number(&record, ALERT_ITEM),
                  .value = (uint8_t)record_number(&record, ALERT_VALUE)}};
    if (event.length > 0)
        memcpy(row->alert.event.bytes, event.data, EVENT_ID_SIZE);
    // An alert is somebody's, and began with something.
    return row->alert.kind == ALERT_NONE ||
           (row->dealer.length > 0 && event.length > 0);
}

bool
answer_next_alert(struct repeated *list, struct alert_row *row)
{
    struct span bytes;

    return repeated_next(list, &bytes) && alert_row_read(bytes, row);
}

void
answer_alert_page(struct writer *writer, const struct alert_page *page)
{
    put_open(writer, ANSWER_ALERT_PAGE);
    put_unsigned(writer, 1, page->is_done);
    put_bytes(writer, 2, page->next_case);
    put_unsigned(writer, 3, page->next_position);
    put_close(writer);
}

bool
alert_page_read(struct span bytes, struct alert_page *page)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(page_table), bytes).code)
        return false;
    *page = (struct alert_page){.is_done = record_number(&record, 1) != 0,
                                .next_case = record_bytes(&record, 2),
                                .next_position = record_number(&record, 3)};
    return true;
}
