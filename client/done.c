// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"
#include "common/runtime/crc32c.h"

// Neighbours become one range, so that there are few.  A kept one leaves as a
// whole, so it stays small; numbers whose events are gone have no bound.
enum { KEPT_RANGE_MAX = 256 };

uint32_t
done_checksum(const struct done_range *range)
{
    uint64_t numbers[] = {range->first, range->last, range->position,
                          range->kept, range->bytes};
    return crc32c(numbers, sizeof numbers);
}

static enum status
read_range(struct spool *spool, enum spool_statement which,
           struct done_range *range, bool *found)
{
    sqlite3_stmt *row = spool->statements[which];
    enum status status = STATUS_OK;

    int rc = sqlite3_step(row);
    *found = rc == SQLITE_ROW;
    if (*found) {
        *range = (struct done_range){
            .first = (uint64_t)sqlite3_column_int64(row, 0),
            .last = (uint64_t)sqlite3_column_int64(row, 1),
            .position = (uint64_t)sqlite3_column_int64(row, 2),
            .kept = (uint64_t)sqlite3_column_int64(row, 3),
            .bytes = (uint64_t)sqlite3_column_int64(row, 4),
        };
        if (sqlite3_column_int64(row, 5) != done_checksum(range) ||
            range->first < 1 || range->first > range->last ||
            range->last > INT64_MAX) // walks go by them, and must end
            status = spool_fail(spool, SQLITE_CORRUPT);
    } else if (rc != SQLITE_DONE)
        status = spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}

enum status
done_covers(struct spool *spool, uint64_t seq, struct done_range *range,
            bool *covers)
{
    sqlite3_bind_int64(spool->statements[STATEMENT_DONE_BEFORE], 1,
                       (sqlite3_int64)seq);
    enum status status =
        read_range(spool, STATEMENT_DONE_BEFORE, range, covers);
    if (status == STATUS_OK && *covers)
        *covers = range->last >= seq;
    return status;
}

enum status
done_after(struct spool *spool, uint64_t seq, struct done_range *range,
           bool *found)
{
    sqlite3_bind_int64(spool->statements[STATEMENT_DONE_AFTER], 1,
                       (sqlite3_int64)seq);
    return read_range(spool, STATEMENT_DONE_AFTER, range, found);
}

enum status
done_oldest(struct spool *spool, struct done_range *range, bool *found)
{
    return read_range(spool, STATEMENT_DONE_KEPT, range, found);
}

static enum status
put(struct spool *spool, const struct done_range *range)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_DONE_PUT];

    sqlite3_bind_int64(row, 1, (sqlite3_int64)range->first);
    sqlite3_bind_int64(row, 2, (sqlite3_int64)range->last);
    sqlite3_bind_int64(row, 3, (sqlite3_int64)range->position);
    sqlite3_bind_int64(row, 4, (sqlite3_int64)range->kept);
    sqlite3_bind_int64(row, 5, (sqlite3_int64)range->bytes);
    sqlite3_bind_int64(row, 6, done_checksum(range));
    return statement_run(spool, STATEMENT_DONE_PUT);
}

static enum status
forget(struct spool *spool, const struct done_range *range)
{
    sqlite3_bind_int64(spool->statements[STATEMENT_DONE_REMOVE], 1,
                       (sqlite3_int64)range->first);
    return statement_run(spool, STATEMENT_DONE_REMOVE);
}

static bool
may_join(const struct done_range *left, const struct done_range *right)
{
    if (left->last + 1 != right->first ||
        (left->kept == 0) != (right->kept == 0))
        return false;
    return left->kept == 0 || right->last - left->first < KEPT_RANGE_MAX;
}

// join makes the left one both.
static void
join(struct done_range *left, const struct done_range *right)
{
    left->last = right->last;
    left->kept += right->kept;
    left->bytes += right->bytes;
    if (right->position > left->position)
        left->position = right->position;
}

enum status
done_add(struct spool *spool, struct done_range range)
{
    struct done_range other;
    enum status status;
    bool found;

    if ((status = done_covers(spool, range.first - 1, &other, &found)))
        return status;
    if (found && may_join(&other, &range)) {
        join(&other, &range);
        range = other; // same first: put replaces it
    }
    if ((status = done_after(spool, range.last, &other, &found)))
        return status;
    if (found && may_join(&range, &other)) {
        if ((status = forget(spool, &other)))
            return status;
        join(&range, &other);
    }
    return put(spool, &range);
}

enum status
events_measure(struct spool *spool, uint64_t first, uint64_t last,
               struct measure *measure)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_MEASURE];
    enum status status = STATUS_OK;

    sqlite3_bind_int64(row, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(row, 2, (sqlite3_int64)last);
    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        *measure = (struct measure){
            .count = (uint64_t)sqlite3_column_int64(row, 0),
            .bytes = (uint64_t)sqlite3_column_int64(row, 1),
            .retry = (uint64_t)sqlite3_column_int64(row, 2),
            .rejected = (uint64_t)sqlite3_column_int64(row, 3),
        };
    else
        status = spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}

// cut_one takes first..last, which lie within a kept range, out of it.
static enum status
cut_one(struct spool *spool, struct spool_head *head,
        const struct done_range *range, uint64_t first, uint64_t last,
        uint64_t *count)
{
    struct done_range left = *range, right = *range;
    struct measure a = {0}, b = {0};
    enum status status;

    left.last = first - 1;
    right.first = last + 1;
    bool has_left = left.first <= left.last;
    bool has_right = right.first <= right.last;
    if ((status = forget(spool, range)) ||
        (has_left &&
         (status = events_measure(spool, left.first, left.last, &a))) ||
        (has_right &&
         (status = events_measure(spool, right.first, right.last, &b))))
        return status;
    left.kept = a.count;
    left.bytes = a.bytes;
    right.kept = b.count;
    right.bytes = b.bytes;
    uint64_t cut = range->kept - a.count - b.count;
    head->kept -= cut;
    head->kept_bytes -= range->bytes - a.bytes - b.bytes;
    *count += cut;
    if (has_left && (status = put(spool, &left)))
        return status;
    return has_right ? put(spool, &right) : STATUS_OK;
}

enum status
done_cut(struct spool *spool, struct spool_head *head, uint64_t first,
         uint64_t last, uint64_t *count)
{
    struct done_range range;
    enum status status;
    bool found;

    *count = 0;
    if ((status = done_covers(spool, first, &range, &found)))
        return status;
    if (!found && (status = done_after(spool, first, &range, &found)))
        return status;
    while (found && range.first <= last) {
        uint64_t from = range.first > first ? range.first : first;
        uint64_t to = range.last < last ? range.last : last;
        if (range.kept > 0 &&
            (status = cut_one(spool, head, &range, from, to, count)))
            return status;
        if ((status = done_after(spool, to, &range, &found)))
            return status;
    }
    return STATUS_OK;
}

enum status
done_drop(struct spool *spool, struct spool_head *head, struct done_range range)
{
    sqlite3_stmt *drop = spool->statements[STATEMENT_DROP];
    enum status status;

    sqlite3_bind_int64(drop, 1, (sqlite3_int64)range.first);
    sqlite3_bind_int64(drop, 2, (sqlite3_int64)range.last);
    if ((status = statement_run(spool, STATEMENT_DROP)) ||
        (status = forget(spool, &range)))
        return status;
    head->kept -= range.kept;
    head->kept_bytes -= range.bytes;
    head->bytes -= range.bytes;
    range.kept = range.bytes = 0;
    return done_add(spool, range);
}
