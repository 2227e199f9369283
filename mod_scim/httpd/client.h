/*
 * The client at the other end of a connection.
 */
#ifndef SCIM_CLIENT_H
#define SCIM_CLIENT_H

/* Whether the client of a connection (conn_rec *) has closed it, so that nobody reads the answer. Asks the kernel and
 * reads nothing from the stream. A half-closed connection counts as closed: no HTTP client does that while it waits.
 */
int scim_client_is_gone(void *connection);

#endif
