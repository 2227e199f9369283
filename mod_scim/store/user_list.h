/*
 * The list of a tenant's users as administrators see it: what narrows it down, its order, and its pages.
 *
 * A page never costs more for a larger tenant. Each filter is a condition about one account, and most have an index as
 * well, by which the accounts that may fit are found where they are few (user_few.part). The fewest of these are put
 * in the order of the list and asked for the rest. Where no filter finds few, the list itself is read in its order, and
 * each account is asked. Either way so many are looked at and no more; where that gives no whole page, `next` is the
 * last of them.
 *
 * An example, `group=Staff&state=inactive` in a tenant of 100,000: where Staff has 300 members, these are read, and the
 * inactive ones among them shown. Where it has 90,000, accounts are read by their names, and each that is inactive is
 * looked up among the members, until the page is full or 10,000 were read.
 */
#ifndef SCIM_USER_LIST_H
#define SCIM_USER_LIST_H

#include "admin.h"

/* Answers the operation `user list`. Errors: 400 and 404 of the arguments, 503. */
scim_error_t *scim_user_list(scim_admin_call_t *call);

#endif
