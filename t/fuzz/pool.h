/*
 * AddressSanitizer sees what malloc gives out, but not where one allocation of a pool ends and the next begins. Under
 * it, apr_palloc is replaced here: between begin and end every allocation is malloc's, freed at the end. Elsewhere
 * these do nothing.
 */
#ifndef FUZZ_POOL_H
#define FUZZ_POOL_H

void fuzz_pool_begin(void);

/* Call it after the pools that were made since begin have been destroyed. */
void fuzz_pool_end(void);

#endif
