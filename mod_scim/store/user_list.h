/*
 * Administrators' list of a tenant's users: its filters, its order, and its pages.
 *
 * The cost of a page does not grow with the tenant. Each filter is a condition on one account, and most also have an
 * index, which finds the matching accounts if they are few (user_few.part). The smallest such set is sorted in the
 * order of the list, and the other conditions are checked. If no filter finds few accounts, the list is read in its
 * order, and all conditions are checked for each account. Either way a bounded number is read; if that does not fill a
 * page, `next` is the last account that was read.
 *
 * An example, `group=Staff&state=inactive` in a tenant of 100,000: if Staff has 300 members, these are read, and the
 * inactive ones among them are shown. If it has 90,000, accounts are read in the order of names, and each inactive one
 * is looked up among the members, until the page is full or 10,000 were read.
 */
#ifndef SCIM_USER_LIST_H
#define SCIM_USER_LIST_H

#include "admin.h"

/* Answers the operation `user list`. Errors: 400 and 404 for the arguments, 503. */
scim_error_t *scim_user_list(scim_admin_call_t *call);

#endif
