/*
 * A stored resource: the document and the server-owned values. Made by store/, rendered by render.h. Lives in the
 * request's pool; never changed after it was made.
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
    const char *relation; /* JSON array text: a User's groups; NULL: none, or not requested */
    apr_size_t relation_len;
    scim_spool_t *spool;    /* contains a Group's members; NULL: not requested, or they could not be stored */
    apr_off_t members_from; /* offset in the spool: comma-separated JSON objects, each as the projection wants it */
    apr_off_t members_len;
} scim_record_t;

#endif
