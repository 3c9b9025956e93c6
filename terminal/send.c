// SPDX-License-Identifier: Apache-2.0
//
// send: one event, stored before anything else, then sent if it can be.
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/runtime/stop.h"
#include "terminal/commands.h"
#include "terminal/event_json.h"
#include "terminal/id_text.h"
#include "terminal/mend.h"
#include "terminal/settings.h"

static const char WHO[] = "dealerpulse-terminal send";

enum { KEY_NO_WAIT = 0x200, KEY_WAIT };
enum { WAIT_S = 10, WAIT_MAX_S = 1000000, PUMP_MS = 1000 };

struct arguments {
    struct settings settings;
    json_t *object; // the event
    bool no_wait;
    long wait_s;
};

static const struct argp_option options[] = {
    {"no-wait", KEY_NO_WAIT, NULL, 0, "store it and return", 1},
    {"wait", KEY_WAIT, "SECONDS", 0, "for the outcome (10)", 1},
    {0}};

static const struct argp_child children[] = {{&settings_argp, 0, NULL, 2}, {0}};

// is_text tells whether what `name` is given is a text, though it may look like
// a number: staff=17.
static bool
is_text(const char *name)
{
    enum map_field field;
    enum map_time time;
    bool is_time;

    if (!field_of_event(name, &field, &time, &is_time) || is_time)
        return false;
    return map_field_kind(field) == MAP_TEXT ||
           map_field_kind(field) == MAP_BYTES;
}

// add_member adds NAME=VALUE to the event: VALUE is JSON where it is, else a
// text.  "answers.7=9" adds to the answers.
static void
add_member(struct arguments *arguments, const char *text,
           struct argp_state *state)
{
    const char *equals = strchr(text, '=');
    json_t *into = arguments->object;
    char name[64];

    if (!equals || equals == text || (size_t)(equals - text) >= sizeof name)
        argp_error(state, "\"%s\" is not NAME=VALUE", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    char *item = strncmp(name, "answers.", 8) == 0 ? name + 8 : NULL;
    if (item) {
        if (!json_object_get(into, "answers"))
            json_object_set_new(into, "answers", json_object());
        into = json_object_get(into, "answers");
    }
    json_t *value = json_loads(equals + 1, JSON_DECODE_ANY, NULL);
    if (!value || json_is_real(value) ||
        (!json_is_string(value) && !item && is_text(name))) {
        json_decref(value);
        value = json_string(equals + 1);
    }
    if (json_object_set_new(into, item ? item : name, value) != 0)
        argp_error(state, "\"%s\" is not UTF-8", text);
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    char *end;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->settings;
        return 0;
    case KEY_NO_WAIT:
        arguments->no_wait = true;
        return 0;
    case KEY_WAIT:
        arguments->wait_s = strtol(text, &end, 10);
        if (*end || arguments->wait_s < 0 || arguments->wait_s > WAIT_MAX_S)
            argp_error(state, "the wait is a number of seconds");
        return 0;
    case ARGP_KEY_ARG:
        add_member(arguments, text, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[NAME=VALUE...]",
    .children = children,
    .doc =
        "Store one event and send it.  Without NAME=VALUE a JSON object is "
        "read from standard input.  The names are those of import maps: type, "
        "dealer, occurred_at (now, if missing), visit, questionnaire, "
        "questionnaire_version, answers.ITEM, ...; docs/IMPORT.md lists them.\v"
        "Prints the event's number and id, then its outcome.  Exit status: 0 "
        "accepted, duplicate or left to the agent; 65 rejected; 75 still in "
        "the spool.",
};

// read_event takes the event from the arguments or standard input.
static bool
read_event(struct arguments *arguments, struct fault *fault)
{
    json_error_t error;

    if (json_object_size(arguments->object) > 0)
        return true;
    json_t *object = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
    if (!object)
        return fault_set(fault, CODE_MALFORMED, "", error.text);
    json_decref(arguments->object);
    arguments->object = object;
    return json_is_object(object) ||
           fault_set(fault, CODE_MALFORMED, "", "this is no JSON object");
}

// --- Waiting -----------------------------------------------------------------

struct answer_slot {
    uint64_t seq;
    bool answered;
    enum dealerpulse_kind kind;
};

static void
take_outcome(void *context, const struct dealerpulse_outcome *outcome)
{
    static const char *const names[] = {"accepted", "duplicate", "rejected",
                                        "retry"};
    struct answer_slot *slot = context;
    struct fault told;

    if (outcome->seq != slot->seq)
        return; // something older in the spool
    slot->answered = true;
    slot->kind = outcome->kind;
    printf("%s", names[outcome->kind]);
    fault_set(&told, (enum code)outcome->code, outcome->field,
              outcome->text[0] ? outcome->text : NULL);
    if (outcome->code != 0 && outcome->kind != DEALERPULSE_DUPLICATE)
        printf(" %s %s %s", outcome->code_name, told.column, told.text);
    printf("\n");
}

static int
wait_for_outcome(struct dealerpulse *pulse, const struct answer_slot *slot,
                 long wait_s, int stop_fd)
{
    int64_t until = clock_steady_ms() + wait_s * 1000;

    while (!slot->answered && clock_steady_ms() < until &&
           !stop_asked(stop_fd)) {
        enum dealerpulse_status status =
            dealerpulse_pump(pulse, PUMP_MS, stop_fd);
        if (status != DEALERPULSE_OK && status != DEALERPULSE_AGAIN) {
            fprintf(stderr, "dealerpulse-terminal send: %s\n",
                    dealerpulse_error(pulse));
            return exit_code_of(status);
        }
    }
    if (!slot->answered) {
        printf("waiting\n");
        return EX_TEMPFAIL;
    }
    if (slot->kind == DEALERPULSE_REJECTED)
        return EX_DATAERR;
    return slot->kind == DEALERPULSE_RETRY ? EX_TEMPFAIL : 0;
}

// --- Storing -----------------------------------------------------------------

static int
store(struct dealerpulse *pulse, struct draft *draft, struct answer_slot *slot)
{
    char text[ID_TEXT_SIZE];
    struct event_id id;
    struct fault fault;

    dealerpulse_new_id(pulse, id.bytes);
    random_fill(draft->salt, sizeof draft->salt);
    if (!draft_encode(draft, &id, &fault)) {
        fprintf(stderr, "%s%s%s: %s\n", code_name((uint32_t)fault.code),
                fault.column[0] ? " " : "", fault.column, fault.text);
        return EX_DATAERR;
    }
    const struct dealerpulse_body entry = draft_entry(draft);
    enum dealerpulse_status status =
        dealerpulse_submit_many(pulse, &entry, 1, &slot->seq);
    if (status != DEALERPULSE_OK) {
        fprintf(stderr, "dealerpulse-terminal send: %s\n",
                dealerpulse_error(pulse));
        return status == DEALERPULSE_INVALID ? EX_DATAERR
                                             : exit_code_of(status);
    }
    id_text_put(text, id.bytes);
    printf("seq %" PRIu64 "\nid %s\n", slot->seq, text);
    fflush(stdout);
    return 0;
}

// deliver opens the spool, stores the event and waits for its outcome, unless
// an agent is at work on this spool: then the event is the agent's.
static int
deliver(struct arguments *arguments, struct draft *draft, int stop_fd)
{
    struct dealerpulse_options wanted =
        settings_options(&arguments->settings, false);
    struct answer_slot slot = {0};
    struct dealerpulse *pulse = NULL;
    char error[512] = "", own[DEALER_ID_MAX + 1];
    const char *dealer = own;

    snprintf(own, sizeof own, "%.*s", (int)draft->event.dealer_id.length,
             (const char *)draft->event.dealer_id.data);
    if (wanted.dealer_count == 0 && wanted.role == DEALERPULSE_DEALER) {
        wanted.dealers = &dealer;
        wanted.dealer_count = 1;
    }
    wanted.on_outcome = take_outcome;
    wanted.context = &slot;
    wanted.error = error;
    wanted.error_size = sizeof error;
    wanted.store_only = arguments->no_wait;
    enum dealerpulse_status status = mend_open(&pulse, &wanted, WHO);
    if (status == DEALERPULSE_BUSY && !wanted.store_only) {
        wanted.store_only = true;
        status = mend_open(&pulse, &wanted, WHO);
    }
    int code = exit_code_of(status);
    if (code != 0)
        fprintf(stderr, "dealerpulse-terminal send: %s\n", error);
    else
        code = store(pulse, draft, &slot);
    if (code == 0 && !wanted.store_only)
        code = wait_for_outcome(pulse, &slot, arguments->wait_s, stop_fd);
    dealerpulse_close(pulse);
    return code;
}

int
send_command(int argc, char **argv)
{
    struct arguments arguments = {.wait_s = WAIT_S, .object = json_object()};
    struct draft *draft = calloc(1, sizeof *draft);
    struct fault fault;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    int code = draft && arguments.object ? settings_load(&arguments.settings)
                                         : EX_OSERR;
    if (code == 0 && (!read_event(&arguments, &fault) ||
                      !event_json_read(arguments.object, draft, &fault))) {
        fprintf(stderr, "%s%s%s: %s\n", code_name((uint32_t)fault.code),
                fault.column[0] ? " " : "", fault.column, fault.text);
        code = EX_DATAERR;
    }
    if (code == 0) {
        int stop_fd = stop_open(); // first: ZeroMQ's threads inherit it
        if (draft->event.occurred_at == 0)
            draft->event.occurred_at = clock_wall_ms();
        code = deliver(&arguments, draft, stop_fd);
        stop_close(stop_fd);
    }
    settings_free(&arguments.settings);
    json_decref(arguments.object);
    free(draft);
    return code;
}
