#include "shared.h"

#include <apr_shm.h>
#include <string.h>

apr_status_t scim_shared_find(void **memory, const char *name, apr_size_t size, scim_shared_make_t make,
                              const void *data, const server_rec *server)
{
    apr_pool_t *process = server->process->pool;
    apr_shm_t *shm;
    *memory = NULL;
    apr_pool_userdata_get(memory, name, process);
    if (*memory) {
        return APR_SUCCESS;
    }
    apr_status_t rv = apr_shm_create(&shm, size, NULL, process);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    *memory = apr_shm_baseaddr_get(shm);
    memset(*memory, 0, size);
    rv = make ? make(*memory, data) : APR_SUCCESS;
    return rv == APR_SUCCESS ? apr_pool_userdata_set(*memory, name, NULL, process) : rv;
}
