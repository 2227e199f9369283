/*
 * AddressSanitizer knows malloc's blocks, but not the borders of allocations in a pool. So with AddressSanitizer,
 * apr_palloc is replaced: between begin and end every allocation is a block of malloc, freed at the end. Without it
 * these functions do nothing.
 */
#ifndef FUZZ_POOL_H
#define FUZZ_POOL_H

void fuzz_pool_begin(void);

/* Call this after destroying the pools that were made since begin. */
void fuzz_pool_end(void);

#endif
