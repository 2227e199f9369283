/*
 * Secrets that an operation makes and shows once: hooks for operations that issue a token.
 *
 * The text of a token is never sent to the database; its key id and its digest are arguments of the statement. The text
 * is added to the answer afterwards, and overwritten when the call's pool is destroyed.
 */
#ifndef SCIM_ADMIN_SECRET_H
#define SCIM_ADMIN_SECRET_H

#include "admin.h"

/* Makes a token: arguments keyId and digest (in hexadecimal), and call->secret. Errors: 503. */
scim_error_t *scim_admin_make_secret(scim_admin_call_t *call);

/* Replaces "token": null in the answer by the secret. If the answer does not have the new token, it was not needed, and
 * the secret is dropped. */
scim_error_t *scim_admin_show_secret(scim_admin_call_t *call);

#endif
