/*
 * Memory that all processes of this httpd share and that a graceful restart keeps: it lives as long as the parent
 * process, and each generation finds it again by its name.
 *
 *   "mod_scim metrics 4 128"   the counters of 128 tenants, in the fourth layout
 *
 * A name says what is in it: memory of another size or layout has another name.
 */
#ifndef SCIM_SHARED_H
#define SCIM_SHARED_H

#include <httpd.h>

/* Makes what new memory has to have beside zeros; `data` is the caller's. */
typedef apr_status_t (*scim_shared_make_t)(void *memory, const void *data);

/* In post_config: finds the memory of this name. Where there is none, it is made and filled with zeros, and `make`
 * (NULL: nothing) prepares it; memory that could not be prepared is not found again. */
apr_status_t scim_shared_find(void **memory, const char *name, apr_size_t size, scim_shared_make_t make,
                              const void *data, const server_rec *server);

#endif
