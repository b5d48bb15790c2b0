#include "module4_nn/data/data.h"

#include <string.h>
#include <unistd.h>

#include "module4_nn/data/idx.h"
#include "support/file.h"

enum { CLASSES = 10 };

static const char FASHION_DIR[] = "/usr/share/datasets/fashion-mnist";
static const char FASHION_NAME[] = "fashion-mnist";
static const char *const FASHION_CLASSES[CLASSES] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

static const char *const WHO = "tt_data_idx";

/* Which of the names under which a file is handed around is there; NULL after an error.
 * `kind` is "images" or "labels", `dims` their number of dimensions. */
static const char *find_file(tt_ctx *c, const char *dir, const char *part,
                             const char *kind, int dims)
{
    static const char *const joints[] = {"-", "."}, *const endings[] = {"", ".gz"};
    const char *prefix = strcmp(part, "train") == 0 ? "train" : "t10k";
    for (int i = 0; i < 4; i++) {
        const char *name = tt_text(c, "%s-%s%sidx%d-ubyte%s", prefix, kind, joints[i / 2],
                                   dims, endings[i % 2]);
        const char *path = name ? tt_path_join(c, dir, name) : NULL;
        if (!path) return NULL;
        if (tt_file_exists(c, path)) return path;
    }
    const char *folder = tt_path(c, dir);
    if (!folder) return NULL;
    if (access(folder, F_OK) != 0)
        return tti_fail(c, TT_ERR_FILE, WHO, "%s: there is no such folder", folder);
    return tti_fail(
        c, TT_ERR_FILE, WHO,
        "%s: has no file %s-%s-idx%d-ubyte, nor that name with .gz at its end", folder,
        prefix, kind, dims);
}

/* Reads one of the two files and checks its number of dimensions. */
static bool read_file(tt_ctx *c, const char *dir, const char *part, const char *kind,
                      int dims, tt_idx *idx, const char **path)
{
    char text[TT_SHAPE_TEXT];
    *path = find_file(c, dir, part, kind, dims);
    if (!*path || tt_idx_read(c, *path, idx) != TT_OK) return false;
    if (idx->shape.ndim == dims) return true;
    tti_fail(c, TT_ERR_FORMAT, WHO, "%s: has shape %s, but %s have %d dimension%s", *path,
             tt_shape_text(idx->shape, text), kind, dims, dims == 1 ? "" : "s");
    return false;
}

static bool check_pair(tt_ctx *c, const tt_idx *images, const tt_idx *labels,
                       const char *images_path, const char *labels_path)
{
    char text[TT_SHAPE_TEXT];
    if (images->shape.dim[0] != labels->shape.dim[0]) {
        tti_fail(c, TT_ERR_FORMAT, WHO, "%s has %d labels, but %s has %d images",
                 labels_path, labels->shape.dim[0], images_path, images->shape.dim[0]);
        return false;
    }
    if (tt_shape_size(images->shape) == 0) {
        tti_fail(c, TT_ERR_FORMAT, WHO, "%s: shape %s holds no pixel", images_path,
                 tt_shape_text(images->shape, text));
        return false;
    }
    for (int i = 0; i < labels->shape.dim[0]; i++) {
        if (labels->bytes[i] < CLASSES) continue;
        tti_fail(c, TT_ERR_FORMAT, WHO, "%s: example %d has label %d; labels are 0 to %d",
                 labels_path, i, labels->bytes[i], CLASSES - 1);
        return false;
    }
    return true;
}

/* "/data/mnist/" is called "mnist". */
static const char *base_name(tt_ctx *c, const char *dir)
{
    char *path = tt_path_absolute(c, dir);
    if (!path) return NULL;
    char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool tt_data_idx(tt_ctx *c, const char *dir, const char *part, tt_data_set *set)
{
    tt_idx images, labels;
    const char *images_path, *labels_path;
    if (tt_error(c)) return false;
    if (strcmp(part, "train") != 0 && strcmp(part, "test") != 0) {
        tti_fail(c, TT_ERR_NAME, WHO, "no part \"%s\"; there are \"train\" and \"test\"",
                 part);
        return false;
    }
    if (!read_file(c, dir, part, "images", 3, &images, &images_path)) return false;
    if (!read_file(c, dir, part, "labels", 1, &labels, &labels_path)) return false;
    if (!check_pair(c, &images, &labels, images_path, labels_path)) return false;
    const char *base = base_name(c, dir);
    const char *name = base ? tt_text(c, "%s %s", base, part) : NULL;
    if (!name) return false;
    *set = (tt_data_set){
        .name = name,
        .n = images.shape.dim[0],
        .rows = images.shape.dim[1],
        .columns = images.shape.dim[2],
        .classes = CLASSES,
        .images = images.bytes,
        .labels = labels.bytes,
        .class_names = strcmp(base, FASHION_NAME) == 0 ? FASHION_CLASSES : NULL,
    };
    return true;
}

const char *tt_data_fashion_dir(void)
{
    return access(FASHION_DIR, R_OK | X_OK) == 0 ? FASHION_DIR : NULL;
}

void tt_data_limit(tt_data_set *set, int n)
{
    if (n > 0 && n < set->n) set->n = n;
}
