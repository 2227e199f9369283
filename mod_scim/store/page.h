/*
 * Pages by index (RFC 7644 3.4.2.4).
 *
 * A page that begins where another one has ended continues from the position of that page's last resource
 * (scim/search.h), and costs the same everywhere in the list. Positions are cached (memory.h) for a token, a search and
 * the number of the page's first resource, so a walk from page to page finds its own positions. Without a cached
 * position the resources before the page are skipped.
 *
 * The numbers of such a page continue those of the earlier pages, even if resources before it were added or removed. So
 * that a client that counts does not stop too early, the total of a page is at least the number of its last resource,
 * at least one more if further resources follow, and equal to it if none follow.
 */
#ifndef SCIM_PAGE_H
#define SCIM_PAGE_H

#include "resources.h"

/* Errors: those of scim_store_list. */
scim_error_t *scim_store_page(scim_page_t *out, scim_session_t *session, const scim_search_t *search);

#endif
