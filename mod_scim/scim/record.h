/*
 * A resource as it is stored: the document, and beside it what the server owns. Made by store/, answered by render.h.
 * Lives in the request's pool; never changed after it was made.
 */
#ifndef SCIM_RECORD_H
#define SCIM_RECORD_H

#include "schema.h"
#include "spool.h"
#include "text.h"

typedef struct scim_record_t {
    const scim_resource_type_t *type;
    char id[SCIM_ID_SIZE];
    apr_int64_t version;
    apr_time_t created;
    apr_time_t last_modified;
    const char *doc; /* JSON object text: the document of resource.h */
    apr_size_t doc_len;
    const char *relation; /* JSON array text: a User's groups; NULL where there are none or none was asked for */
    apr_size_t relation_len;
    scim_spool_t *spool;    /* where a Group's members are; NULL where none was asked for, or they could not be kept */
    apr_off_t members_from; /* there: JSON objects with commas between them, each as the projection has it */
    apr_off_t members_len;
} scim_record_t;

#endif
