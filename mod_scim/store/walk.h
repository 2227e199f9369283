/*
 * Pages by cursor (RFC 9865): a walk through the results of a search.
 *
 * The server stores nothing about a walk. A resource that exists during the whole walk and keeps its place in the order
 * is returned exactly once, forward and backward, even if others are added or removed meanwhile.
 */
#ifndef SCIM_WALK_H
#define SCIM_WALK_H

#include "resources.h"

typedef struct scim_walk_t {
    apr_interval_time_t timeout; /* how long the cursors of this page are valid */
    const char *previous;        /* cursors for the pages before and after this one; NULL: none */
    const char *next;
} scim_walk_t;

/* The page for search->cursor, read by scim_store_list; *walk gets the cursors. Errors: those of scim_store_list,
 * scim_cursor_read and scim_cursor_apply. */
scim_error_t *scim_store_walk(scim_page_t *out, scim_walk_t *walk, scim_session_t *session, scim_search_t *search);

#endif
