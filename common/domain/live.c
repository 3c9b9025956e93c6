// SPDX-License-Identifier: Apache-2.0
//
// Which events of a set count: the rule at the top of contribution.h.
#include "common/domain/contribution_parts.h"
#include "common/domain/notice.h"

// How one member stands after all controls.
struct standing {
    const struct member *facts; // itself, or the CORRECT in its place
    bool voided, held;
};

static bool
is_control(const struct member *member)
{
    return event_type_is_control(member->type);
}

// find returns the place of the member with this id and dealer, or count.
static uint16_t
find(const struct entity *entity, const struct event_id *id, uint32_t dealer)
{
    uint16_t i = 0;

    while (i < entity->count && !(entity->members[i].dealer == dealer &&
                                  event_id_equal(&entity->members[i].id, id)))
        i++;
    return i;
}

// target_of returns the place of a control's target, or count.
static uint16_t
target_of(const struct entity *entity, const struct member *control)
{
    const uint16_t at = find(entity, &control->control.target, control->dealer);

    if (at < entity->count && !is_control(&entity->members[at]) &&
        entity->members[at].type == control->control.target_type)
        return at;
    return entity->count;
}

// undoes tells whether a type of control can take another back.
static bool
undoes(enum event_type type, enum event_type other)
{
    if (type == EVENT_UNVOID)
        return other == EVENT_VOID || other == EVENT_CORRECT;
    return type == EVENT_RELEASE && other == EVENT_HOLD;
}

static bool
is_taken_back(const struct entity *entity, const struct member *control)
{
    for (uint16_t i = 0; i < entity->count; i++) {
        const struct member *const other = &entity->members[i];

        if (undoes(other->type, control->type) &&
            other->dealer == control->dealer &&
            event_id_equal(&other->control.control, &control->id))
            return true;
    }
    return false;
}

// is_orphan tells whether a control misses its target, or the control it is to
// take back.
static bool
is_orphan(const struct entity *entity, const struct member *control)
{
    if (target_of(entity, control) == entity->count)
        return true;
    if (control->type != EVENT_UNVOID && control->type != EVENT_RELEASE)
        return false;
    const uint16_t named =
        find(entity, &control->control.control, control->dealer);
    return named == entity->count ||
           !undoes(control->type, entity->members[named].type);
}

static void
apply(const struct entity *entity, const struct member *control,
      struct standing *standings)
{
    const uint16_t at = target_of(entity, control);

    if (at == entity->count || control->type == EVENT_UNVOID ||
        control->type == EVENT_RELEASE || is_taken_back(entity, control))
        return;
    if (control->type == EVENT_VOID)
        standings[at].voided = true;
    else if (control->type == EVENT_HOLD)
        standings[at].held = true;
    else if (standings[at].facts == &entity->members[at])
        standings[at].facts = control; // members ascend: the smallest is first
}

// is_home tells whether a member is counted in this set: what stands by itself
// may belong to a visit or a minute besides.
static bool
is_home(const struct member *member, enum entity_kind kind)
{
    const enum event_type type =
        is_control(member) ? member->control.target_type : member->type;

    return kind != ENTITY_MINUTE &&
           (kind != ENTITY_VISIT || !event_is_of_visit(type));
}

static void
count_controls(const struct entity *entity, const struct standing *standings,
               struct emitter *emitter)
{
    for (uint16_t i = 0; i < entity->count; i++) {
        const struct member *const member = &entity->members[i];
        const struct standing *const standing = &standings[i];

        if (!is_home(member, entity_kind_of(emitter->key)))
            continue;
        if (is_control(member)) {
            if (is_orphan(entity, member))
                emit_count(emitter, COUNT_CONTROL_ORPHAN,
                           member->control.target_occurred_at, member->dealer);
        } else if (standing->voided) {
            emit_count(emitter, COUNT_VOIDED, member->occurred_at,
                       member->dealer);
        } else {
            if (standing->facts != member)
                emit_count(emitter, COUNT_CORRECTED, member->occurred_at,
                           member->dealer);
            if (standing->held)
                emit_count(emitter, COUNT_HELD, member->occurred_at,
                           member->dealer);
        }
    }
}

static void
list(struct lives *lives, enum slice slice, const struct member *member,
     const struct member *facts)
{
    lives->items[slice][lives->count[slice]++] =
        (struct live){.member = member, .facts = facts};
}

static void
lives_after_controls(const struct entity *entity, struct emitter *emitter,
                     bool counted, struct lives *lives)
{
    struct standing standings[ENTITY_MEMBERS_MAX];

    for (uint16_t i = 0; i < entity->count; i++)
        standings[i] = (struct standing){.facts = &entity->members[i]};
    for (uint16_t i = 0; i < entity->count; i++)
        if (is_control(&entity->members[i]))
            apply(entity, &entity->members[i], standings);
    for (uint16_t i = 0; i < entity->count; i++)
        if (!is_control(&entity->members[i]) && !standings[i].voided)
            list(lives, standings[i].held ? SLICE_HELD : SLICE_ALL,
                 &entity->members[i], standings[i].facts);
    if (counted)
        count_controls(entity, standings, emitter);
}

void
lives_of(const struct entity *entity, struct emitter *emitter, bool counted,
         struct lives *lives)
{
    lives->count[SLICE_ALL] = lives->count[SLICE_HELD] = 0;
    for (uint16_t i = 0; i < entity->count; i++)
        if (is_control(&entity->members[i])) {
            lives->count[SLICE_ALL] = 0;
            lives_after_controls(entity, emitter, counted, lives);
            return;
        } else {
            list(lives, SLICE_ALL, &entity->members[i], &entity->members[i]);
        }
}
