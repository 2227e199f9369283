/*
 * Pages by cursor (RFC 9865): a walk through what a search finds.
 *
 * Nothing of a walk is kept. Whoever is there throughout and keeps its place in the order is met exactly once, forward
 * and backward, whoever else comes and goes meanwhile.
 */
#ifndef SCIM_WALK_H
#define SCIM_WALK_H

#include "resources.h"

typedef struct scim_walk_t {
    apr_interval_time_t timeout; /* how long the cursors hold that this page is answered with */
    const char *previous;        /* cursors for the pages before and after this one; NULL where there is none */
    const char *next;
} scim_walk_t;

/* The page that search->cursor asks for, by scim_store_list; *walk gets the cursors. Errors: those of scim_store_list,
 * scim_cursor_read and scim_cursor_apply. */
scim_error_t *scim_store_walk(scim_page_t *out, scim_walk_t *walk, scim_session_t *session, scim_search_t *search);

#endif
