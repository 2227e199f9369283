/*
 * Which former account a POST may bring back, as far as the body alone tells.
 *
 * An externalId is the client's, and clients send all sorts of things as one: the same "0" or "null" for everybody. So
 * it names one person by itself only where it has at least the shape of an identifier. Any other one brings an account
 * back only where the userName or an e-mail address is the same too, which the store compares.
 */
#ifndef SCIM_RESTORE_H
#define SCIM_RESTORE_H

#include <json-c/json.h>

/* Whether the externalId of a user's document names one person by itself: it has 16 characters or more, as a UUID has,
 * without blanks at its ends, and is not one character over and over, as a UUID of zeros is. */
int scim_restore_identifies(json_object *doc);

#endif
