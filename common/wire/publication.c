// SPDX-License-Identifier: Apache-2.0
#include "common/wire/ledger_parts.h"
#include "common/wire/record.h"

static const struct rule publication_table[] = {
    [1] = {"kind", FORM_UNSIGNED, true, 1, PUBLICATION_QUARANTINE},
    [2] = {"hash", FORM_BYTES, true, HASH_SIZE, HASH_SIZE},
    [3] = {"content", FORM_BYTES, false, 0, UINT32_MAX},
};

bool
publication_read(struct span bytes, struct publication *publication)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(publication_table), bytes)
            .code)
        return false;
    *publication = (struct publication){
        .kind = (enum publication_kind)record_number(&record, 1),
        .hash = record_bytes(&record, 2),
        .content = record_bytes(&record, 3),
    };
    return true;
}

void
publication_put(struct writer *writer, uint32_t field,
                const struct publication *publication)
{
    put_open(writer, field);
    put_unsigned(writer, 1, publication->kind);
    put_bytes(writer, 2, publication->hash);
    put_bytes(writer, 3, publication->content);
    put_close(writer);
}
