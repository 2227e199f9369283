#include "client.h"

#include <apr_portable.h>
#include <http_core.h>
#include <httpd.h>
#include <poll.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* without it, a closed connection is noticed only when both directions have ended */
#endif

int scim_client_is_gone(void *connection)
{
    conn_rec *c = connection;
    apr_socket_t *socket = ap_get_conn_socket(c->master ? c->master : c);
    struct pollfd state = {.fd = -1, .events = POLLRDHUP};

    if (c->aborted)
        return 1;
    if (!socket || apr_os_sock_get(&state.fd, socket) != APR_SUCCESS)
        return 0;
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR));
}
