/*
 * Pages by index (RFC 7644 3.4.2.4).
 *
 * A page that begins where another one has ended is read on from there, by the position of that one's last resource
 * (scim/search.h), and costs the same wherever it is. Positions are remembered (memory.h) for a token, a search and the
 * number of the page's first resource, so a walk from page to page finds those that it has left itself. What is not
 * remembered is skipped to.
 *
 * The numbers of such a page are those of the walk: what came or went before its position has not moved it. So that a
 * client that counts never stops too early, the total of a page is at least the number of its last resource, and one
 * more where more follow; where none follow, it is that number.
 */
#ifndef SCIM_PAGE_H
#define SCIM_PAGE_H

#include "resources.h"

/* Errors: those of scim_store_list. */
scim_error_t *scim_store_page(scim_page_t *out, scim_session_t *session, const scim_search_t *search);

#endif
