/*
 * Bearer tokens: their text and their digest. admin_token.c has the operations on their rows.
 *
 * Text: `scim_` + key id (10 characters) + secret (43 characters, 256 random bits) + CRC-32 (6 characters), all base62
 * [0-9A-Za-z], 64 in all. The key id is public and names the row; the checksum refuses mistyped and foreign strings
 * before the database is asked. The database has the SHA-256 of the whole text, never the text itself.
 */
#ifndef SCIM_TOKEN_H
#define SCIM_TOKEN_H

#include <apr_pools.h>

#define SCIM_TOKEN_LENGTH        64
#define SCIM_TOKEN_KEY_LENGTH    10
#define SCIM_TOKEN_DIGEST_LENGTH 32

typedef struct scim_token_t {
    char key_id[SCIM_TOKEN_KEY_LENGTH + 1];
    unsigned char digest[SCIM_TOKEN_DIGEST_LENGTH];
} scim_token_t;

/* Makes the text of a new token; text gets SCIM_TOKEN_LENGTH characters and NUL. */
apr_status_t scim_token_make(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1]);

/* The same with the key id of another token: an access token of it (client.h). */
apr_status_t scim_token_make_for(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1], const char *key_id);

/* Reads a token's text; 0 if form or checksum are wrong. */
int scim_token_read(scim_token_t *token, const char *text);

/* The key id of a text that may be a mistyped token; 0 if it has none. */
int scim_token_key(char key[SCIM_TOKEN_KEY_LENGTH + 1], const char *text);

#endif
