/*
 * The console: the administrators' page, below the Location of the admin API.
 *
 * The console consists of static files (mod_scim/console/). A browser that opens the Location gets index.html; the
 * other files are below `console/`. This file only determines the file name; httpd's own file handler sends the file,
 * with ETag, conditional GET, HEAD and output filters. Only plain names with a known extension are accepted, so no
 * request can reach other files, and no directory is listed.
 *
 *     /scim-admin              302 to /scim-admin/
 *     /scim-admin/             DIRECTORY/index.html
 *     /scim-admin/console/a/b.js   DIRECTORY/a/b.js
 */
#ifndef SCIM_CONSOLE_H
#define SCIM_CONSOLE_H

#include <httpd.h>

#include "scim/error.h"

#define SCIM_CONSOLE_PAGE "index.html"

/* Decides about a request for `path`, below the Location. DECLINED with r->filename set: httpd sends the file.
 * HTTP_MOVED_TEMPORARILY: redirect, with Location set. OK: the request is for the API, or *error has an error: 404 no
 * such file, 405 not a GET, 503 the page is not installed. */
int scim_console(scim_error_t **error, request_rec *r, const char *path);

/* The directory of the console's files. */
const char *scim_console_dir(const server_rec *server);

#endif
