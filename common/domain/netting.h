// SPDX-License-Identifier: Apache-2.0
//
// netting: what is still owed for closed periods, and what of it is settled in
// one settlement.
//
// A FINAL statement is never rewritten.  When its period is recomputed to
// another entitlement, the difference is netted in a later settlement, in both
// directions (docs/REBATE.md, "Restatements"):
//   - less than the materiality is waived, as long as it stays less: the
//     difference is always taken from the first payment, so that small ones add
//     up until they matter;
//   - what the dealer is owed is paid whole;
//   - what the dealer owes is taken back up to a share of the settlement's
//     gross, oldest period first; the rest is carried;
//   - after a number of settlements (more of them after fraud) what is still
//     owed, either way, is waived.
//
// Of every account, after every settlement, exactly:
//   paid + adjusted + carried + waived = entitlement
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netting_rules {
    int64_t materiality; // fen, 0..MONEY_MAX: less is waived
    int64_t cap_ppm;     // 0..10^6 of the gross: most that is taken back
    uint32_t settlements, fraud_settlements; // later differences are waived
};

// The defaults of the rulings: 100.00 yuan, half of the gross, four quarters,
// eight after fraud.
extern const struct netting_rules netting_usual;

// One dealer's closed period.  Zero but for `paid` when it becomes FINAL.
struct netting_account {
    int64_t paid;     // by the FINAL statement, fen
    int64_t adjusted; // sum of what was netted since
    int64_t carried;  // still owed: > 0 to the dealer, < 0 by the dealer
    int64_t waived;   // given up, either way
    uint32_t age;     // settlements since FINAL
    bool fraud;       // confirmed: looked back on for longer
};

// netting_settle settles a dealer's accounts, the oldest period first, against
// their recomputed entitlements (fen, -MONEY_MAX..MONEY_MAX, as paid is) and
// the gross of this settlement (0..MONEY_MAX).  *net is what is added to the
// gross, never less than -cap_ppm of it.  False, and nothing changed, when a
// figure is out of range.
bool netting_settle(const struct netting_rules *rules,
                    struct netting_account *accounts, size_t count,
                    const int64_t *entitlements, int64_t gross, int64_t *net);
