/*
 * Secrets that an operation makes and shows once: hooks for operations that issue a token.
 *
 * The text of a token never goes to the database: its key id and its digest do, as arguments of the statement. It is
 * added to the answer afterwards, and overwritten when the call's pool goes.
 */
#ifndef SCIM_ADMIN_SECRET_H
#define SCIM_ADMIN_SECRET_H

#include "admin.h"

/* Makes a token: arguments keyId and digest (in hexadecimal), and call->secret. Errors: 503. */
scim_error_t *scim_admin_make_secret(scim_admin_call_t *call);

/* Puts the secret into the place of "token": null in the answer. Where the answer does not know the token that was
 * made, it was not needed, and there is no secret any more. */
scim_error_t *scim_admin_show_secret(scim_admin_call_t *call);

#endif
