#include "httpd/gate.h"

#include "unit.h"

#define GUESTS 16

static scim_gate_t *gate;
static scim_guest_t guests[GUESTS];

static void start(int size, int threads)
{
    gate = scim_gate_make(size, unit_pool);
    UNIT_INT(scim_gate_started(gate), 0);
    UNIT_INT(scim_gate_start(gate, threads, unit_pool), APR_SUCCESS);
    UNIT_INT(scim_gate_started(gate), 1);
}

/* Enters without waiting; refused if that is not possible at once. */
static scim_gate_e enter(int n, const char *tenant, const char *token, int slow)
{
    guests[n] = (scim_guest_t){
        .tenant = tenant, .token = token, .tenant_share = 50, .token_share = 25, .slow = slow, .pool = unit_pool};
    return scim_gate_enter(gate, &guests[n]);
}

static int opened(int n, scim_opened_e found, apr_interval_time_t took)
{
    int again;

    scim_gate_opened(gate, &guests[n], found, took, &again);
    return again;
}

/* Enters, and opens a connection. */
static scim_gate_e visit(int n, const char *tenant, const char *token, int slow)
{
    scim_gate_e found = enter(n, tenant, token, slow);

    if (found == SCIM_GATE_ENTERED)
        opened(n, SCIM_OPENED_MADE, 0);
    return found;
}

static void shares(void)
{
    start(8, 16);
    UNIT_INT(visit(0, "a", "t1", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(1, "a", "t1", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(2, "a", "t1", 0), SCIM_GATE_SHARE); /* the token's share: 2 of 8 */
    UNIT_INT(visit(2, "a", "t2", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(3, "a", "t3", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(4, "a", "t4", 0), SCIM_GATE_SHARE); /* the tenant's share: 4 of 8 */
    UNIT_INT(visit(4, "b", "t1", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(5, NULL, NULL, 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(6, NULL, NULL, 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(7, NULL, NULL, 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(8, NULL, NULL, 0), SCIM_GATE_FULL);
    scim_gate_leave(gate, &guests[0], 1);
    UNIT_INT(visit(0, "a", "t4", 0), SCIM_GATE_ENTERED);
}

static void slow_searches(void)
{
    start(8, 16);
    UNIT_INT(visit(0, "a", "t1", 1), SCIM_GATE_ENTERED);
    UNIT_INT(visit(1, "a", "t2", 1), SCIM_GATE_ENTERED);
    UNIT_INT(visit(2, "a", "t3", 1), SCIM_GATE_SHARE);
    UNIT_INT(visit(2, "a", "t3", 0), SCIM_GATE_ENTERED);
    UNIT_INT(visit(3, "b", "t4", 1), SCIM_GATE_ENTERED);
}

/* In a pool of one connection there are no shares. */
static void least(void)
{
    start(1, 4);
    UNIT_INT(visit(0, "a", "t", 1), SCIM_GATE_ENTERED);
    UNIT_INT(visit(1, "b", "t", 1), SCIM_GATE_FULL);
    UNIT_INT(visit(1, "a", "t", 1), SCIM_GATE_FULL);
    scim_gate_leave(gate, &guests[0], 1);
    UNIT_INT(visit(1, "b", "t", 1), SCIM_GATE_ENTERED);
}

static void one_opens(void)
{
    start(4, 16);
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(enter(1, "b", "t", 0), SCIM_GATE_OPENING);
    UNIT_INT(opened(0, SCIM_OPENED_MADE, 0), 0);
    UNIT_INT(enter(1, "b", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(opened(1, SCIM_OPENED_FAILED, 0), 1); /* another guest has a connection to wait for */
    scim_gate_leave(gate, &guests[0], 1);
    guests[1].end = 1;
    UNIT_INT(scim_gate_enter(gate, &guests[1]), SCIM_GATE_ENTERED);
}

/* After a long attempt the others use open connections. */
static void long_attempt(void)
{
    start(4, 16);
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(opened(0, SCIM_OPENED_MADE, apr_time_from_sec(2)), 0);
    UNIT_INT(enter(1, "b", "t", 0), SCIM_GATE_FULL);
    scim_gate_leave(gate, &guests[0], 1);
    UNIT_INT(enter(1, "b", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(opened(1, SCIM_OPENED_OPEN, 0), 0);
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_FULL);
    scim_gate_leave(gate, &guests[1], 0); /* the connection is lost, so none is left to wait for */
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
}

static void refusal(void)
{
    start(4, 16);
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(opened(0, SCIM_OPENED_FAILED, 0), 0); /* nothing to wait for */
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
    UNIT_INT(opened(0, SCIM_OPENED_REFUSED, 0), 1);
    guests[0].end = 1;
    UNIT_INT(scim_gate_enter(gate, &guests[0]), SCIM_GATE_REFUSED);
}

/* How long a guest of a crowd waits, who may wait for five seconds. */
static apr_time_t crowded(void)
{
    apr_time_t began = apr_time_now();

    guests[1] = (scim_guest_t){.tenant = "a",
                               .token = "t",
                               .tenant_share = 50,
                               .token_share = 50,
                               .wait = apr_time_from_sec(5),
                               .pool = unit_pool};
    UNIT_INT(scim_gate_enter(gate, &guests[1]), SCIM_GATE_SHARE);
    return apr_time_now() - began;
}

static void crowd(void)
{
    apr_time_t took;

    start(2, 1);
    UNIT_INT(enter(0, "a", "t", 0), SCIM_GATE_ENTERED);
    took = crowded();
    CU_ASSERT(took >= apr_time_from_msec(900) && took < apr_time_from_sec(4)); /* a connection is being made */
    opened(0, SCIM_OPENED_MADE, 0);
    took = crowded();
    CU_ASSERT(took >= apr_time_from_msec(200) && took < apr_time_from_msec(900)); /* no place moves */
}

CU_TestInfo test_gate[] = {{"shares", shares},
                           {"slow searches", slow_searches},
                           {"least", least},
                           {"one opens", one_opens},
                           {"long attempt", long_attempt},
                           {"refusal", refusal},
                           {"crowd", crowd},
                           CU_TEST_INFO_NULL};
