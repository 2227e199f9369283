/*
 * Bearer tokens: their text, their digest, and their rows.
 *
 * Text: `scim_` + key id (10 characters) + secret (43 characters, 256 random bits) + CRC-32 (6 characters), all base62
 * [0-9A-Za-z], 64 in all. The key id is public and names the row; the checksum refuses mistyped and foreign
 * strings before the database is asked. Stored is SHA-256 of the whole text, never the text itself.
 */
#ifndef SCIM_TOKEN_H
#define SCIM_TOKEN_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "connection.h"

#define SCIM_TOKEN_LENGTH        64
#define SCIM_TOKEN_KEY_LENGTH    10
#define SCIM_TOKEN_DIGEST_LENGTH 32

/* A token lives at most ten years, leap days included. */
#define SCIM_TOKEN_MAX_LIFETIME apr_time_from_sec((apr_int64_t)3653 * 86400)

typedef struct scim_token_t {
    char key_id[SCIM_TOKEN_KEY_LENGTH + 1];
    unsigned char digest[SCIM_TOKEN_DIGEST_LENGTH];
} scim_token_t;

/* Makes the text of a new token; text gets SCIM_TOKEN_LENGTH characters and NUL. */
apr_status_t scim_token_make(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1]);

/* Reads a presented text; 0 where form or checksum are wrong. */
int scim_token_read(scim_token_t *token, const char *text);

/* A row as the token table shows it; never holds the secret or its digest. */
typedef struct scim_token_row_t {
    const char *tenant;
    const char *key_id;
    const char *name;
    const char *description; /* NULL where there is none */
    const char *status;      /* "active", "expiring" (14 days or less), "expired", "revoked" */
    const char *created_by;
    apr_time_t created;
    apr_time_t expires;
    apr_time_t revoked; /* 0 where it is not */
    const char *revoked_by;
    int read_only;
    const char *addresses; /* blocks, ", " between them; NULL: it may be used from everywhere */
    int rate, burst;       /* requests a second, and at once; 0: no limit */
    const char *user_id;   /* whom /Me means; NULL: nobody */
    const char *user_name; /* that user's, also when it has been deleted */
} scim_token_row_t;

/* The terms of a token. Of a new one those that are not said are as 0 and NULL have them; of one that is there they
 * stay. */
enum {
    SCIM_TERM_READ_ONLY = 1,
    SCIM_TERM_ADDRESSES = 2,
    SCIM_TERM_RATE = 4,
    SCIM_TERM_USER = 8,
};

typedef struct scim_token_terms_t {
    unsigned said;         /* SCIM_TERM_ bits */
    int read_only;         /* it may not change anything */
    const char *addresses; /* where it may be used from, as scim_cidr_list makes it; NULL: everywhere */
    int rate, burst;       /* requests a second, and at once; both positive, or 0 for no limit */
    const char *user;      /* whom /Me means: id or userName of a user of the tenant; NULL: nobody */
} scim_token_terms_t;

/* Stores a token made by scim_token_make. `expires` must be in the future, within SCIM_TOKEN_MAX_LIFETIME. `actor` says
 * who asks for it and is kept in created_by. Errors: 404 unknown tenant or user, 409 name in use among unrevoked
 * tokens, 400 otherwise. */
scim_error_t *scim_token_create(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const scim_token_t *token,
                                const char *name, const char *description, apr_time_t expires,
                                const scim_token_terms_t *terms, const char *actor, apr_pool_t *pool);
/* Changes the terms of an unrevoked token, named as for scim_token_revoke. Errors: 404 unknown tenant, token or user.
 */
scim_error_t *scim_token_set(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const char *key_or_name,
                             const scim_token_terms_t *terms, apr_pool_t *pool);
/* Rows (scim_token_row_t) of one tenant, newest first. Errors: 404 unknown tenant. */
scim_error_t *scim_token_list(apr_array_header_t **rows, scim_conn_t *conn, const char *tenant, apr_pool_t *pool);
/* Revokes by key id or, where no key id is like it, by name; among tokens of one name the unrevoked one is meant.
 * Errors: 404 unknown tenant or token. Revoking twice succeeds and changes nothing. */
scim_error_t *scim_token_revoke(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const char *key_or_name,
                                const char *actor, apr_pool_t *pool);

#endif
