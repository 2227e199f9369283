/*
 * Buffers what a child process writes to the database later: entries of activity (store/activity.h) and reads
 * (store/reads.h).
 *
 * Servers that share a pool of connections share an outbox. Its size is limited; a thread of the child (mod_watchdog)
 * writes it every second, or sooner if it is half full, and when the child ends. While the database is down the entries
 * wait; entries that do not fit are lost, and the log says how many. Any thread may add.
 */
#ifndef SCIM_OUTBOX_H
#define SCIM_OUTBOX_H

#include <httpd.h>

#include "store/activity.h"

typedef struct scim_outbox_t scim_outbox_t;

/* Made when the configuration is checked; `server` is one of those that share it. */
scim_outbox_t *scim_outbox_make(server_rec *server, apr_pool_t *pool);

/* Registers mod_watchdog's task, which writes the outboxes of each child; hook post_config. */
int scim_outbox_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Creates the locks of a child's outboxes, and writes them when it ends; hook child_init. */
void scim_outbox_child_init(apr_pool_t *child, server_rec *main_server);

/* Prevents the child from ending during the work of a thread that is not a request's; 0 if it is ending already. */
int scim_outbox_enter(scim_outbox_t *outbox);
void scim_outbox_leave(scim_outbox_t *outbox);

/* Adds an entry for the database of a server. */
void scim_outbox_add(server_rec *server, const char *entry, apr_size_t len);

/* Adds a successful read; `kept` says whether it gets a row. */
void scim_outbox_read(server_rec *server, const scim_activity_t *activity, int status, int kept);

#endif
