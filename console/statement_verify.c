// SPDX-License-Identifier: Apache-2.0
#include "console/statement_verify.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/config/problem.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "console/statement_file.h"
#include "console/statement_sums.h"

struct options {
    bool has_key;
    uint8_t key[Z85_KEY_BYTES];
    char **files;
    int count;
};

static const struct argp_option option_list[] = {
    {"key", 'k', "PUBLIC", 0,
     "Headquarters' public key, 40 characters: refuse another's signature", 0},
    {0},
};

static error_t
read_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'k':
        if (!z85_key_read(span_text(argument), options->key))
            argp_error(state, "a public key is 40 characters, not \"%s\"",
                       argument);
        options->has_key = true;
        return 0;
    case ARGP_KEY_ARGS:
        options->files = state->argv + state->next;
        options->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which file?");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void
print(const char *file, const struct statement_head *head)
{
    char key[Z85_KEY_TEXT + 1];
    const int64_t size =
        head->amount_fen < 0 ? -head->amount_fen : head->amount_fen;

    z85_key_write(head->signer, key);
    printf("%s: %s statement of %s, %s..%s, version %u: %s%" PRId64
           ".%02" PRId64 " yuan, signed by %s\n",
           file, statement_kind_name(head->kind), head->dealer, head->first,
           head->last, head->version, head->amount_fen < 0 ? "-" : "",
           size / 100, size % 100, key);
}

static bool
check(const struct options *options, struct span bytes,
      struct statement_head *head, char problem[STATEMENT_PROBLEM_MAX])
{
    struct span pack;

    if (!statement_file_read(bytes, head, &pack, problem))
        return false;
    if (options->has_key &&
        memcmp(options->key, head->signer, sizeof head->signer) != 0) {
        snprintf(problem, STATEMENT_PROBLEM_MAX,
                 "it is signed, but by another key than the one given");
        return false;
    }
    return statement_sums_check(head, pack, problem);
}

static int
verify(const struct options *options, const char *file)
{
    struct problems problems = {0};
    struct statement_head head;
    char problem[STATEMENT_PROBLEM_MAX];
    char *data;
    size_t length;

    enum status status =
        file_take(file, STATEMENT_BYTES_MAX, &data, &length, &problems);
    if (status != STATUS_OK) {
        problems_print(&problems);
        return status == STATUS_NOT_FOUND ? EX_NOINPUT : EX_DATAERR;
    }
    bool good = check(options, span_of(data, length), &head, problem);
    if (good)
        print(file, &head);
    else
        fprintf(stderr, "%s: %s\n", file, problem);
    free(data);
    return good ? 0 : EX_DATAERR;
}

int
statement_verify(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = read_option,
        .args_doc = "FILE...",
        .doc = "Checks issued statements offline: form, digest, signature, and "
               "that points, score, ratio and money follow from what they "
               "name."};
    struct options options = {0};
    int worst = 0;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (crypto_start() != STATUS_OK)
        return EX_SOFTWARE;
    for (int i = 0; i < options.count; i++) {
        int code = verify(&options, options.files[i]);
        if (code != 0)
            worst = code;
    }
    if (!options.has_key && worst == 0)
        printf("give --key to know that the signer is headquarters\n");
    return worst;
}
