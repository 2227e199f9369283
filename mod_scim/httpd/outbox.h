/*
 * What a child process tells the database later: entries of activity (store/activity.h) and reads (store/reads.h).
 *
 * Servers that share a pool of connections share an outbox. It holds a limited number of bytes; a thread of the child's
 * (mod_watchdog) empties it every second, sooner where it is half full, and so does the end of the child. While the
 * database is away the entries wait; what does not fit is counted, and the log tells how many. Any thread may add.
 */
#ifndef SCIM_OUTBOX_H
#define SCIM_OUTBOX_H

#include <httpd.h>

#include "store/activity.h"

typedef struct scim_outbox_t scim_outbox_t;

/* Made when the configuration is checked; `server` is one of those that share it. */
scim_outbox_t *scim_outbox_make(server_rec *server, apr_pool_t *pool);

/* Has mod_watchdog empty the outboxes of each child; hook post_config. */
int scim_outbox_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main_server);

/* Gives a child's outboxes their locks, and has them emptied at its end; hook child_init. */
void scim_outbox_child_init(apr_pool_t *child, server_rec *main_server);

/* Keeps the child from ending meanwhile, for work of a thread that is no request's; 0 where it has ended. */
int scim_outbox_enter(scim_outbox_t *outbox);
void scim_outbox_leave(scim_outbox_t *outbox);

/* Adds an entry for the database of a server. */
void scim_outbox_add(server_rec *server, const char *entry, apr_size_t len);

/* Adds a read that was done; `kept` says whether it has a row. */
void scim_outbox_read(server_rec *server, const scim_activity_t *activity, int status, int kept);

#endif
