/*
 * Text of the protocol: growing buffers, JSON strings, UUIDs, times.
 *
 * A scim_buf_t lives in a pool, grows by doubling and is always NUL-terminated. httpd's abort function handles running
 * out of memory, so these functions return no error for it.
 */
#ifndef SCIM_TEXT_H
#define SCIM_TEXT_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct scim_buf_t {
    char *data; /* NUL-terminated */
    apr_size_t len;
    apr_size_t size;
    apr_pool_t *pool;
} scim_buf_t;

void scim_buf_init(scim_buf_t *buf, apr_size_t size, apr_pool_t *pool);
void scim_buf_add(scim_buf_t *buf, const char *bytes, apr_size_t len);
void scim_buf_puts(scim_buf_t *buf, const char *text);
void scim_buf_printf(scim_buf_t *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds `text` as a JSON string, quotes included; every control character is escaped, and every byte that is not part of
 * well-formed UTF-8 becomes U+FFFD. */
void scim_buf_json(scim_buf_t *buf, const char *text, apr_size_t len);

/* The length of the well-formed UTF-8 (RFC 3629) at the start of `text`; `len` if all of it is well-formed. */
apr_size_t scim_utf8_valid(const char *text, apr_size_t len);

/* The part of `text`, well-formed UTF-8, without leading and trailing blanks; *len gets its length. Blanks are all
 * invisible characters: Unicode's white space, control characters, and others such as U+200B and U+FEFF. */
const char *scim_text_trim(apr_size_t *len, const char *text);

/* Whether `text` is empty or has only blanks. */
int scim_text_blank(const char *text);

/* `text` without leading and trailing spaces, and with one U+0020 for each run of spaces: names that differ only in
 * spaces are equal. A space is any with a width, such as U+00A0 and U+3000, which pasted text contains. */
const char *scim_text_tidy(const char *text, apr_pool_t *pool);

/* The character at `text`, and its length in bytes. A byte that starts no character stands for itself; an incomplete
 * character is U+FFFD. */
apr_uint32_t scim_character(apr_size_t *len, const char *text);

/* The first invisible or misleading character of a text: control characters, which move a terminal's cursor, direction
 * marks, which change the visible order, and zero-width spaces, which make two different names look the same. *code
 * gets the character. NULL: none. */
const char *scim_hidden_find(apr_uint32_t *code, const char *text);

/* The text with each of those characters as \uXXXX, as in JSON. */
const char *scim_hidden_escape(const char *text, apr_pool_t *pool);

/* Whether text[0..len) is base64 (RFC 4648 4). RFC 7643 2.3.6 lets clients leave out the padding, but padding that is
 * present must be right. */
int scim_text_is_base64(const char *text, apr_size_t len);

/* Whether a text is a line of authorized_keys: the kind of key, a blank, base64, and perhaps a comment. */
int scim_text_is_ssh_key(const char *text);

/* A UUID in its 36 characters of lower-case text, plus NUL. */
#define SCIM_ID_SIZE 37

/* Makes a UUID version 7 (RFC 9562 5.7): ids sort by the time of their creation. */
void scim_id_make(char id[SCIM_ID_SIZE]);

/* Reads a UUID of any case into its lower-case form; 0 if `text` is none. */
int scim_id_read(char id[SCIM_ID_SIZE], const char *text);

/* `YYYY-MM-DDThh:mm:ss.ffffffZ` of xsd:dateTime (RFC 7643 2.3.5), plus NUL. */
#define SCIM_TIME_SIZE 28
void scim_time_format(char text[SCIM_TIME_SIZE], apr_time_t time);

/* Whether `text` is an xsd:dateTime with date and time (RFC 7643 2.3.5) of the years 0001 to 9999; *time gets it in
 * UTC. Without a zone it is taken as UTC; digits beyond microseconds are dropped. */
int scim_time_read(apr_time_t *time, const char *text);

#endif
