/*
 * Shared by connection.c and batch.c alone: what is kept with a connection, and what with one request's use of it.
 */
#ifndef SCIM_CONNECTION_PRIVATE_H
#define SCIM_CONNECTION_PRIVATE_H

#include <apr_hash.h>

#include "connection.h"

/* Run-time statements that one connection keeps prepared, and the bytes of the longest; beyond it they are planned each
 * time. It bounds what clients can make httpd and PostgreSQL keep in memory. */
#define SCIM_PREPARED_TEXTS_MAX   256
#define SCIM_PREPARED_TEXT_LENGTH 4096

/* Holds for one backend process. */
typedef struct scim_backend_t {
    apr_pool_t *pool;
    int pid;
    int fits;                    /* the schema's version was found to be ours */
    apr_array_header_t *indexed; /* scim_indexed_t: what was ready then */
    unsigned char blind[SCIM_BLIND_LENGTH];
    unsigned char secret[SCIM_SECRET_LENGTH];
    unsigned serial;                    /* of the last name given to a prepared statement */
    const char *names[SCIM_STMT_COUNT]; /* what each is prepared as; NULL where it is not */
    apr_hash_t *texts;                  /* the same for run-time texts: SQL -> name, both in `pool` */
} scim_backend_t;

struct scim_conn_t {
    PGconn *pg;
    apr_pool_t *home;
    apr_pool_t *pool;
    apr_interval_time_t timeout;
    scim_backend_t *backend;
    int fresh;                 /* nobody used the backend before this request */
    int lost;                  /* it was given up within this request */
    int nested;                /* a failure undoes a part of the transaction */
    const char *told;          /* INFO of the latest batch */
    PQnoticeReceiver receiver; /* whoever took notices before */
};

/* Forgets what is known of the backend, and starts anew. */
void scim_backend_renew(scim_conn_t *conn);

#endif
