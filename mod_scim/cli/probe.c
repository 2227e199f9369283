#include "probe.h"

#include <apr_date.h>
#include <apr_strings.h>
#include <apr_uri.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "store/doctor.h"

#define AREA         "TLS"
#define WAIT_SECONDS 10
#define ANSWER_MAX   4096 /* longest read part of an answer, in bytes */
#define DAYS_LEFT    21   /* automatic renewal happens earlier than this before the end */

typedef struct probe_t {
    apr_array_header_t *findings;
    apr_uri_t uri;
    const char *url; /* without a slash at its end */
    int tls;
    int socket;
    SSL_CTX *context;
    SSL *ssl;
    char answer[ANSWER_MAX + 1];
    apr_pool_t *pool;
} probe_t;

/* Advice for OpenSSL's errors about a certificate. The last row is for all others. */
static const struct {
    long code;
    const char *advice;
} verdicts[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED,
     "Renew the certificate, then apachectl graceful; find out why it is not renewed automatically."},
    {X509_V_ERR_CERT_NOT_YET_VALID, "Set the clock of this machine, or get a certificate that is valid already."},
    {X509_V_ERR_HOSTNAME_MISMATCH,
     "Get a certificate for this name, or give identity providers a base URL with a name that is in it."},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "Give identity providers a base URL with a host name."},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
     "It is self-signed, which no identity provider accepts: get one from a public authority."},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "Add the intermediate certificates to SSLCertificateFile; if the "
                                                   "authority is a private one, get a certificate from a public one."},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "Add the intermediate certificates to SSLCertificateFile; if the "
                                                 "authority is a private one, get a certificate from a public one."},
    {X509_V_OK, "Get a certificate from a public authority."},
};

static void add(const probe_t *probe, const char *check, scim_doctor_e severity, const char *finding,
                const char *advice)
{
    scim_doctor_add(probe->findings, AREA, check, severity, finding, advice);
}

/* --- connecting ------------------------------------------------------------------------------------------------- */

static int connect_to(const struct addrinfo *address)
{
    const struct timeval wait = {.tv_sec = WAIT_SECONDS};
    int made = socket(address->ai_family, address->ai_socktype, address->ai_protocol);

    if (made < 0) {
        return -1;
    }
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)); /* also the timeout of connect */
    if (connect(made, address->ai_addr, address->ai_addrlen) == 0) {
        return made;
    }
    close(made);
    return -1;
}

static apr_status_t disconnect(void *data)
{
    probe_t *probe = data;

    SSL_free(probe->ssl);
    SSL_CTX_free(probe->context);
    if (probe->socket >= 0) {
        close(probe->socket);
    }
    return APR_SUCCESS;
}

static int reach(probe_t *probe)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    const char *port = apr_itoa(probe->pool, probe->uri.port ? probe->uri.port : probe->tls ? 443 : 80);
    struct addrinfo *list = NULL;
    int code = getaddrinfo(probe->uri.hostname, port, &hints, &list);
    int problem = 0;

    if (code != 0) {
        add(probe, "name", SCIM_DOCTOR_ERROR,
            apr_psprintf(probe->pool, "There is no host %s: %s.", probe->uri.hostname, gai_strerror(code)),
            "Correct the base URL, or the DNS.");
        return 0;
    }
    for (const struct addrinfo *each = list; each && probe->socket < 0; each = each->ai_next) {
        probe->socket = connect_to(each);
        problem = errno;
    }
    freeaddrinfo(list);
    if (probe->socket < 0) {
        add(probe, "reach", SCIM_DOCTOR_ERROR,
            apr_psprintf(probe->pool, "Nothing answers at %s port %s: %s.", probe->uri.hostname, port,
                         problem == EINPROGRESS || problem == EAGAIN ? "no answer within 10 seconds"
                                                                     : strerror(problem)),
            "Start httpd, or let the firewall pass this port.");
    }
    return probe->socket >= 0;
}

/* --- the certificate -------------------------------------------------------------------------------------------- */

static void check_end(const probe_t *probe, const X509 *certificate)
{
    int days = 0;
    int seconds = 0;

    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) && days >= 0 && seconds >= 0 &&
        days < DAYS_LEFT) {
        add(probe, "certificate-end", SCIM_DOCTOR_WARNING,
            apr_psprintf(probe->pool, "The certificate of %s expires in %d days.", probe->uri.hostname, days),
            "Renew it, then apachectl graceful; find out why it is not renewed automatically.");
    }
}

static void check_certificate(const probe_t *probe)
{
    long verdict = SSL_get_verify_result(probe->ssl);
    X509 *certificate = SSL_get_peer_certificate(probe->ssl);
    apr_size_t i = 0;

    if (verdict != X509_V_OK) {
        while (verdicts[i].code != verdict && verdicts[i].code != X509_V_OK) {
            i++;
        }
        add(probe, "certificate", SCIM_DOCTOR_ERROR,
            apr_psprintf(probe->pool, "Identity providers refuse the certificate of %s: %s.", probe->uri.hostname,
                         X509_verify_cert_error_string(verdict)),
            verdicts[i].advice);
    } else if (certificate) {
        check_end(probe, certificate);
    }
    X509_free(certificate);
}

/* The certificate is checked after the handshake, so that all its problems are reported. */
static int shake_hands(probe_t *probe)
{
    const char *host = probe->uri.hostname;
    unsigned char address[sizeof(struct in6_addr)];
    int numeric = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;

    probe->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_default_verify_paths(probe->context);
    SSL_CTX_set_min_proto_version(probe->context, TLS1_2_VERSION);
    probe->ssl = SSL_new(probe->context);
    if (numeric) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(probe->ssl), host);
    } else {
        SSL_set1_host(probe->ssl, host);
        SSL_set_tlsext_host_name(probe->ssl, host);
    }
    SSL_set_fd(probe->ssl, probe->socket);
    if (SSL_connect(probe->ssl) == 1) {
        check_certificate(probe);
        return 1;
    }
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    add(probe, "handshake", SCIM_DOCTOR_ERROR,
        apr_psprintf(probe->pool, "%s speaks no TLS 1.2 or later at this port: %s.", host,
                     reason ? reason : "the connection was closed"),
        "SSLEngine on, SSLProtocol -all +TLSv1.2 +TLSv1.3, in the virtual host of this name and port.");
    return 0;
}

/* --- the answer ------------------------------------------------------------------------------------------------- */

static int read_some(probe_t *probe, int had)
{
    char *to = probe->answer + had;
    int room = ANSWER_MAX - had;

    return probe->ssl ? SSL_read(probe->ssl, to, room) : (int)recv(probe->socket, to, (size_t)room, 0);
}

static int ask(probe_t *probe)
{
    const char *path = probe->uri.path ? probe->uri.path : "";
    const char *request = apr_psprintf(
        probe->pool,
        "GET %s/ServiceProviderConfig HTTP/1.1\r\nHost: %s\r\nUser-Agent: scimctl doctor\r\nConnection: close\r\n\r\n",
        path, probe->uri.hostinfo);
    int len = (int)strlen(request);
    int had = 0;
    int more;

    if ((probe->ssl ? SSL_write(probe->ssl, request, len)
                    : (int)send(probe->socket, request, (size_t)len, MSG_NOSIGNAL)) != len) {
        return 0;
    }
    while (had < ANSWER_MAX && !strstr(probe->answer, "\r\n\r\n") && (more = read_some(probe, had)) > 0) {
        had += more;
        probe->answer[had] = '\0';
    }
    return strncmp(probe->answer, "HTTP/1.", 7) == 0 && had > 12;
}

/* The value of a header field; NULL: it is missing. */
static const char *header(const probe_t *probe, const char *name)
{
    const char *line = probe->answer;

    while ((line = strstr(line, "\r\n")) && line[2] != '\r') {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            const char *value = line + strlen(name) + 1;

            value += strspn(value, " \t");
            return apr_pstrmemdup(probe->pool, value, strcspn(value, "\r\n"));
        }
    }
    return NULL;
}

static int check_answer(const probe_t *probe)
{
    int status = atoi(probe->answer + 9);
    const char *type = header(probe, "Content-Type");

    if (status == 200 && type && strncasecmp(type, "application/scim+json", 21) == 0) {
        return 1;
    }
    add(probe, "answer", SCIM_DOCTOR_ERROR,
        apr_psprintf(probe->pool,
                     "%s/ServiceProviderConfig is answered with %d and %s, not with 200 and application/scim+json.",
                     probe->url, status, type ? type : "no type"),
        "The base URL is https://HOST, the path of the Location, and the tenant's name; make sure that no proxy in "
        "between answers itself, and that SetHandler scim applies there (apachectl configtest).");
    return 0;
}

static int read_url(probe_t *probe, const char *url)
{
    apr_size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/') {
        len--;
    }
    probe->url = apr_pstrmemdup(probe->pool, url, len);
    if (apr_uri_parse(probe->pool, probe->url, &probe->uri) == APR_SUCCESS && probe->uri.hostname &&
        probe->uri.scheme && (strcmp(probe->uri.scheme, "https") == 0 || strcmp(probe->uri.scheme, "http") == 0)) {
        probe->tls = strcmp(probe->uri.scheme, "https") == 0;
        return 1;
    }
    add(probe, "url", SCIM_DOCTOR_ERROR, "The value of --url is not a base URL.",
        "Write it as it is entered in identity providers: https://id.example.org/scim/v2/acme");
    return 0;
}

int cli_probe(apr_array_header_t *findings, int *checks, apr_time_t *date, const char *url)
{
    probe_t *probe = apr_pcalloc(findings->pool, sizeof(*probe));
    const char *text;

    probe->findings = findings;
    probe->pool = findings->pool;
    probe->socket = -1;
    *date = 0;
    *checks += 6;
    apr_pool_cleanup_register(probe->pool, probe, disconnect, apr_pool_cleanup_null);
    if (!read_url(probe, url)) {
        return 0;
    }
    if (!probe->tls) {
        add(probe, "scheme", SCIM_DOCTOR_WARNING, "The base URL is plain http: identity providers take https only.",
            "Give the base URL that is entered in identity providers, or set up TLS (docs/operating.md, TLS).");
    }
    if (!reach(probe) || (probe->tls && !shake_hands(probe))) {
        return 0;
    }
    if (!ask(probe)) {
        add(probe, "answer", SCIM_DOCTOR_ERROR, apr_psprintf(probe->pool, "%s did not answer.", probe->uri.hostname),
            "See the error log of httpd, or of the proxy in front of it.");
        return 0;
    }
    text = header(probe, "Date");
    *date = text ? apr_date_parse_http(text) : 0;
    return check_answer(probe);
}

/* --- what is beside it ------------------------------------------------------------------------------------------ */

/* The last segment of the path, without slashes at its end; NULL: there is no path. */
static const char *last_segment(apr_size_t *len, const char *url)
{
    const char *host = strstr(url, "://");
    const char *end = url + strlen(url);
    const char *at;

    while (end > url && end[-1] == '/') {
        end--;
    }
    for (at = end; at > url && at[-1] != '/'; at--) {
    }
    *len = (apr_size_t)(end - at);
    return host != NULL && at > host + 3 ? at : NULL;
}

const char *cli_probe_end(const char *url, apr_pool_t *pool)
{
    apr_size_t len;
    const char *at = last_segment(&len, url);

    return at != NULL ? apr_pstrmemdup(pool, at, len) : "";
}

int cli_probe_sibling(const char *url, const char *segment, apr_pool_t *pool)
{
    apr_size_t len;
    const char *at = last_segment(&len, url);
    apr_array_header_t *unused = apr_array_make(pool, 4, sizeof(scim_finding_t));
    apr_time_t date;
    int checks = 0;

    return at != NULL && cli_probe(unused, &checks, &date,
                                   apr_pstrcat(pool, apr_pstrmemdup(pool, url, (apr_size_t)(at - url)), segment, NULL));
}
