// SPDX-License-Identifier: Apache-2.0
#include "common/domain/netting.h"

#include "common/domain/money.h"

enum { MILLION = 1000000 };

const struct netting_rules netting_usual = {.materiality = 10000,
                                            .cap_ppm = 500000,
                                            .settlements = 4,
                                            .fraud_settlements = 8};

static bool
in_range(int64_t fen, int64_t limit)
{
    return fen >= -limit && fen <= limit;
}

static bool
all_in_range(const struct netting_account *accounts, size_t count,
             const int64_t *entitlements, int64_t gross)
{
    if (gross < 0 || gross > MONEY_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!in_range(accounts[i].paid, MONEY_MAX) ||
            !in_range(accounts[i].adjusted, 2 * MONEY_MAX) ||
            !in_range(entitlements[i], MONEY_MAX))
            return false;
    return true;
}

static bool
is_over(const struct netting_rules *rules,
        const struct netting_account *account)
{
    uint32_t limit =
        account->fraud ? rules->fraud_settlements : rules->settlements;

    return account->age > limit;
}

// settle_one settles one account.  *room is what may still be taken back.  It
// returns what is netted.
static int64_t
settle_one(const struct netting_rules *rules, struct netting_account *account,
           int64_t entitlement, int64_t *room)
{
    int64_t owed = entitlement - account->paid - account->adjusted;
    int64_t size = owed < 0 ? -owed : owed, netted = owed;

    account->age += account->age < UINT32_MAX;
    account->carried = account->waived = 0;
    if (size < rules->materiality || is_over(rules, account)) {
        account->waived = owed;
        return 0;
    }
    if (owed < 0) {
        netted = size < *room ? owed : -*room;
        *room += netted;
    }
    account->adjusted += netted;
    account->carried = owed - netted;
    return netted;
}

bool
netting_settle(const struct netting_rules *rules,
               struct netting_account *accounts, size_t count,
               const int64_t *entitlements, int64_t gross, int64_t *net)
{
    if (!all_in_range(accounts, count, entitlements, gross))
        return false;
    int64_t room = (int64_t)((__int128)gross * rules->cap_ppm / MILLION);

    *net = 0;
    for (size_t i = 0; i < count; i++)
        *net += settle_one(rules, &accounts[i], entitlements[i], &room);
    return true;
}
