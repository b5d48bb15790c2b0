/* cuBLAS by its own name: see cublas.h. Types and numbers are those of cublas_api.h, version 2 of the
 * interface, the same since CUDA 11. */
#include "module3_gpu/cublas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    IN_FLOAT = 0 /* CUBLAS_DEFAULT_MATH */,
    IN_TF32 = 3 /* CUBLAS_TF32_TENSOR_OP_MATH */
};
enum { AS_IT_IS = 0 /* CUBLAS_OP_N */ };

typedef int create_fn(void **handle);
typedef int handle_fn(void *handle);
typedef int version_fn(void *handle, int *version);
typedef int mode_fn(void *handle, int mode);
typedef int sgemm_fn(void *handle, int turn_a, int turn_b, int m, int n, int k,
                     const float *alpha, const float *a, int lda, const float *b, int ldb,
                     const float *beta, float *c, int ldc);

struct tti_cublas {
    void *library, *handle;
    handle_fn *destroy;
    mode_fn *set_mode;
    sgemm_fn *sgemm;
    int mode;
    char name[48];
};

/* It stays once it is loaded: what it allocated at its start belongs to its own variables. */
static void *load(void)
{
    static const char *const names[] = {"libcublas.so.13", "libcublas.so.12",
                                        "libcublas.so.11", "libcublas.so"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof names[0]; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    return library;
}

/* The functions and a handle. False when one is missing. */
static bool begin(tti_cublas *blas)
{
    create_fn *create = NULL;
    version_fn *get_version = NULL;
    int version = 0;
    *(void **)&create = dlsym(blas->library, "cublasCreate_v2");
    *(void **)&blas->destroy = dlsym(blas->library, "cublasDestroy_v2");
    *(void **)&get_version = dlsym(blas->library, "cublasGetVersion_v2");
    *(void **)&blas->set_mode = dlsym(blas->library, "cublasSetMathMode");
    *(void **)&blas->sgemm = dlsym(blas->library, "cublasSgemm_v2");
    if (!create || !blas->destroy || !get_version || !blas->set_mode || !blas->sgemm)
        return false;
    if (create(&blas->handle)) return false;
    get_version(blas->handle, &version); /* 120405 is 12.4.5 */
    snprintf(blas->name, sizeof blas->name, "cuBLAS %d.%d.%d", version / 10000,
             version / 100 % 100, version % 100);
    blas->mode = IN_FLOAT;
    return blas->set_mode(blas->handle, IN_FLOAT) == 0;
}

tti_cublas *tti_cublas_open(void)
{
    tti_cublas *blas = calloc(1, sizeof *blas);
    if (blas) blas->library = load();
    if (blas && blas->library && begin(blas)) return blas;
    tti_cublas_close(blas);
    return NULL;
}

void tti_cublas_close(tti_cublas *blas)
{
    if (!blas) return;
    if (blas->handle) blas->destroy(blas->handle);
    if (blas->library) dlclose(blas->library);
    free(blas);
}

const char *tti_cublas_name(const tti_cublas *blas)
{
    return blas->name;
}

/* cuBLAS thinks in columns: it reads our matrices as their transposes, and out^T = b^T a^T. */
bool tti_cublas_multiply(tti_cublas *blas, bool tf32, float *out, const float *a,
                         const float *b, int n)
{
    const float one = 1, zero = 0;
    int mode = tf32 ? IN_TF32 : IN_FLOAT;
    if (mode != blas->mode && blas->set_mode(blas->handle, mode)) return false;
    blas->mode = mode;
    return blas->sgemm(blas->handle, AS_IT_IS, AS_IT_IS, n, n, n, &one, b, n, a, n, &zero,
                       out, n) == 0;
}
