/* PNG: see image.h. Internal. */
#ifndef TT_MODULE4_NN_DATA_PNG_H
#define TT_MODULE4_NN_DATA_PNG_H

#include "module4_nn/data/image.h"

bool tti_is_png(const uint8_t *file, size_t size);
bool tti_png_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                   tt_picture *picture);

/* Room for the grey of rows x columns; a message that names the file where that is none or too much. */
uint8_t *tti_picture_new(tt_ctx *c, const char *name, uint32_t rows, uint32_t columns,
                         tt_picture *picture);

/* Records TT_ERR_FORMAT; returns false. */
bool tti_bad_image(tt_ctx *c, const char *name, const char *what);

#endif
