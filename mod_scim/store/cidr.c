#include "cidr.h"

#include <apr_strings.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESS_MAX 16 /* bytes */

typedef struct block_t {
    int family;
    int bytes; /* length of an address of this family */
    int bits;  /* length of the prefix */
    unsigned char address[ADDRESS_MAX];
} block_t;

static scim_error_t *invalid(const char *text, apr_pool_t *pool)
{
    return scim_error_status(
        pool, 400,
        "\"%s\" is neither an address nor a network; write 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32.",
        text);
}

/* Reads the prefix length after the slash; -1: it is invalid. */
static int read_bits(const char *text, int most)
{
    int bits = 0;

    if (!*text || strlen(text) > 3 || (text[0] == '0' && text[1])) {
        return -1;
    }
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text)) {
            return -1;
        }
        bits = bits * 10 + (*text - '0');
    }
    return bits <= most ? bits : -1;
}

static int read_block(block_t *block, const char *text, apr_pool_t *pool)
{
    const char *slash = strchr(text, '/');
    const char *address = slash != NULL ? apr_pstrmemdup(pool, text, (apr_size_t)(slash - text)) : text;

    block->family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
    block->bytes = block->family == AF_INET6 ? 16 : 4;
    if (inet_pton(block->family, address, block->address) != 1) {
        return 0;
    }
    block->bits = slash != NULL ? read_bits(slash + 1, block->bytes * 8) : block->bytes * 8;
    return block->bits >= 0;
}

/* Clears the bits beyond the prefix; returns whether any was set. */
static int cut(block_t *block)
{
    int had = 0;

    for (int bit = block->bits; bit < block->bytes * 8; bit++) {
        unsigned char mask = (unsigned char)(0x80 >> (bit % 8));

        had |= (block->address[bit / 8] & mask) != 0;
        block->address[bit / 8] &= (unsigned char)~mask;
    }
    return had;
}

static int is_mapped(const block_t *block)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return block->family == AF_INET6 && block->bits >= 96 && memcmp(block->address, mapped, sizeof(mapped)) == 0;
}

static const char *block_text(const block_t *block, apr_pool_t *pool)
{
    char address[INET6_ADDRSTRLEN];

    inet_ntop(block->family, block->address, address, sizeof(address));
    return apr_psprintf(pool, "%s/%d", address, block->bits);
}

scim_error_t *scim_cidr_read(const char **out, const char *text, apr_pool_t *pool)
{
    block_t block;
    int had;

    if (!read_block(&block, text, pool)) {
        return invalid(text, pool);
    }
    had = cut(&block);
    *out = block_text(&block, pool);
    if (had) {
        return scim_error_status(pool, 400, "\"%s\" has bits beyond its prefix; its network is %s.", text, *out);
    }
    if (is_mapped(&block)) {
        return scim_error_status(pool, 400, "\"%s\" is an IPv4 address in the form of IPv6; write it as 192.0.2.7.",
                                 text);
    }
    return NULL;
}
