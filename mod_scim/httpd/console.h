/*
 * The console: the administrators' page, below the Location of the admin API.
 *
 * It is files (mod_scim/console/, installed as they are). Whoever opens the Location in a browser gets index.html;
 * below `console/` are the other files. This names the file and leaves it to httpd's own file handler to send it, with
 * ETag, conditional GET, HEAD and output filters. Only plain names with a known ending are files here, so no request
 * reaches anything else, and no directory is listed.
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

/* What is to be done with a request for `path`, which is below the Location. DECLINED with r->filename set: httpd sends
 * the file. HTTP_MOVED_TEMPORARILY: Location says where to. OK: nothing; the request is for the API, or *error says
 * what is wrong: 404 there is no such file, 405 no GET, 503 the page itself is not installed. */
int scim_console(scim_error_t **error, request_rec *r, const char *path);

/* Where the console's files are. */
const char *scim_console_dir(const server_rec *server);

#endif
