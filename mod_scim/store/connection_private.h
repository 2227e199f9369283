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

/* Tenants for which the setting that row-level security compares with is kept prepared. */
#define SCIM_PREPARED_SETTINGS_MAX 64

/* Tenants of which something is remembered; a later one takes the place of an earlier one. */
#define SCIM_REMEMBERED 64

/* Tokens that were not accepted. */
#define SCIM_REFUSED        4
#define SCIM_REFUSED_LENGTH 32

typedef struct scim_remembered_t {
    char tenant[64];
    unsigned bits;
} scim_remembered_t;

/* Holds for one backend process. */
typedef struct scim_backend_t {
    apr_pool_t *pool;
    int pid;
    int fits;                  /* the schema's version was found to be ours */
    apr_interval_time_t limit; /* its statement_timeout; 0: not set yet */
    apr_time_t clock;          /* the database's clock as an answer told it; 0: not known */
    apr_time_t heard;          /* when that answer came, by scim_monotonic_now */
    const char
        *process; /* PostgreSQL's own number of it, which a connection pooler hides from libpq; NULL: not known */
    const char *started;         /* when that process began, as text */
    int pooled;                  /* the process is another one than libpq was told: a connection pooler is in between */
    int given_up;                /* it may still be at work, and nobody waits for it */
    apr_array_header_t *indexed; /* scim_indexed_t: what was ready then */
    unsigned char blind[SCIM_BLIND_LENGTH];
    unsigned char secret[SCIM_SECRET_LENGTH];
    const char *names[SCIM_STMT_COUNT]; /* what each is prepared as; NULL where it is not */
    apr_hash_t *texts;                  /* the same for run-time texts: SQL -> name, both in `pool` */
    int settings;                       /* of them, those that set a tenant */
    scim_remembered_t tenants[SCIM_REMEMBERED];
    char refused[SCIM_REFUSED][SCIM_REFUSED_LENGTH]; /* key ids */
    int refusals;                                    /* how many there were */
    unsigned generation; /* how often all of them were made anew: names that are taken are left then */
} scim_backend_t;

struct scim_conn_t {
    PGconn *pg;
    apr_pool_t *home;
    apr_pool_t *pool;
    apr_interval_time_t timeout;
    scim_backend_t *backend;
    int trips;  /* round trips of this request */
    int fresh;  /* nobody used the backend before this request */
    int lost;   /* it was given up within this request */
    int reads;  /* the request writes nothing */
    int nested; /* a failure undoes a part of the transaction */
};

/* Forgets what is known of the backend, and starts anew. */
void scim_backend_renew(scim_conn_t *conn);

/* Microseconds of a clock that nobody sets. */
apr_time_t scim_monotonic_now(void);

/* The database's clock tells that it is `clock` at the latest when this is called. */
void scim_backend_hear(scim_backend_t *backend, apr_time_t clock);

/* The time by the database's clock that has surely come when the timeout of what is sent at `now` is over here. It is
 * counted from the earliest that the database's clock may show at `now`: what an answer told when it came, and the time
 * since, less what the two clocks may have drifted apart. */
apr_time_t scim_backend_deadline(const scim_conn_t *conn, apr_time_t now);

/* Sets the limits of the connection, and asks for the clock. Outside of a transaction. */
scim_error_t *scim_backend_ask(scim_conn_t *conn);

#endif
