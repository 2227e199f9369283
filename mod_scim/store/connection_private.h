/*
 * State of a connection, and of one request's use of it. Only for connection.c and batch.c.
 */
#ifndef SCIM_CONNECTION_PRIVATE_H
#define SCIM_CONNECTION_PRIVATE_H

#include <apr_hash.h>

#include "connection.h"

/* The maximum number of run-time statements that a connection keeps prepared, and the maximum bytes of one; others are
 * planned each time. It bounds the memory that clients can use up in httpd and PostgreSQL. */
#define SCIM_PREPARED_TEXTS_MAX   256
#define SCIM_PREPARED_TEXT_LENGTH 4096

/* The number of tenants for which the SET LOCAL for row-level security is kept prepared. */
#define SCIM_PREPARED_SETTINGS_MAX 64

/* The number of tenants whose bits are stored; a later tenant replaces an earlier one. */
#define SCIM_REMEMBERED 64

/* The number of refused tokens that are stored. */
#define SCIM_REFUSED        4
#define SCIM_REFUSED_LENGTH 32

typedef struct scim_remembered_t {
    char tenant[64];
    unsigned bits;
} scim_remembered_t;

/* Valid for one backend process. */
typedef struct scim_backend_t {
    apr_pool_t *pool;
    int pid;
    int fits;                    /* the schema's version has been checked */
    apr_interval_time_t limit;   /* its statement_timeout; 0: not set yet */
    apr_time_t clock;            /* the database's time in an answer; 0: unknown */
    apr_time_t heard;            /* when that answer arrived, by scim_monotonic_now */
    const char *process;         /* pg_backend_pid(), which a connection pooler hides from libpq; NULL: unknown */
    const char *started;         /* when that process began, as text */
    int alone;                   /* it has all rows itself, and COMMIT need not wait for the disk */
    int pooled;                  /* the process is not the one that libpq knows: there is a connection pooler */
    int given_up;                /* the module does not wait for it any more, though it may still be working */
    apr_array_header_t *indexed; /* scim_indexed_t: the indexes that were ready at the start */
    unsigned char blind[SCIM_BLIND_LENGTH];
    unsigned char secret[SCIM_SECRET_LENGTH];
    const char *names[SCIM_STMT_COUNT]; /* the prepared statement's name; NULL: not prepared */
    apr_hash_t *texts;                  /* the same for run-time texts: SQL -> name, both in `pool` */
    int settings;                       /* how many of these set a tenant */
    scim_remembered_t tenants[SCIM_REMEMBERED];
    char refused[SCIM_REFUSED][SCIM_REFUSED_LENGTH]; /* key ids */
    int refusals;                                    /* how many there have been */
    unsigned generation;                             /* how often all statements were prepared again, under new names */
} scim_backend_t;

struct scim_conn_t {
    PGconn *pg;
    apr_pool_t *home;
    apr_pool_t *pool;
    apr_interval_time_t timeout;
    scim_backend_t *backend;
    int trips;                           /* round trips of this request */
    int fresh;                           /* this request is the backend's first */
    int lost;                            /* the backend was given up within this request */
    int reads;                           /* the request writes nothing */
    int nested;                          /* a failure rolls back to a savepoint */
    const char *named[SCIM_NAMED_COUNT]; /* the values of named parameters */
};

/* Drops the backend's state, and starts with an empty one. */
void scim_backend_renew(scim_conn_t *conn);

/* Microseconds of a monotonic clock. */
apr_time_t scim_monotonic_now(void);

/* Records the database's time from an answer; its clock now shows at least `clock`. */
void scim_backend_hear(scim_backend_t *backend, apr_time_t clock);

/* The deadline, by the database's clock, of a batch that is sent at `now`: it is surely over there when the timeout is
 * over here. It is computed from the earliest time that the database's clock may show at `now`: its last known time
 * plus the time since, minus the possible drift of the two clocks. */
apr_time_t scim_backend_deadline(const scim_conn_t *conn, apr_time_t now);

/* Sets the connection's timeouts, and reads the database's time. Outside of a transaction. */
scim_error_t *scim_backend_ask(scim_conn_t *conn);

#endif
