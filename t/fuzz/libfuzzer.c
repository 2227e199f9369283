/*
 * The entry point for libFuzzer. FUZZ_TARGET is the target of this program.
 */
#include <stdint.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run(FUZZ_TARGET, data, size);
    return 0;
}
