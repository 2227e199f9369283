/*
 * Memory that all processes of this httpd share, and that survives a graceful restart: it lives as long as the parent
 * process, and each generation finds it by its name.
 *
 *   "mod_scim metrics 4 128"   the counters of 128 tenants, in the fourth layout
 *
 * The name contains size and layout: memory with another size or layout has another name.
 */
#ifndef SCIM_SHARED_H
#define SCIM_SHARED_H

#include <httpd.h>

/* Initializes new memory beyond zeros; `data` is the caller's. */
typedef apr_status_t (*scim_shared_make_t)(void *memory, const void *data);

/* In post_config: finds the memory with this name. If there is none, it is created, filled with zeros, and initialized
 * by `make` (NULL: nothing); memory whose initialization failed is not found again. */
apr_status_t scim_shared_find(void **memory, const char *name, apr_size_t size, scim_shared_make_t make,
                              const void *data, const server_rec *server);

#endif
