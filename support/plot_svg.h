/* What the SVG pictures share. Internal to support/; see support/plot.h. */
#ifndef TT_SUPPORT_PLOT_SVG_H
#define TT_SUPPORT_PLOT_SVG_H

#include "support/plot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The place of the picture proper inside the SVG, in pixels; y grows downwards. */
typedef struct tti_svg_box {
    double left, top, width, height;
} tti_svg_box;

/* The element with a white ground, and its end. `title` is for those who cannot see it. */
void tti_svg_begin(FILE *out, int width, int height, const char *title);
void tti_svg_end(FILE *out);

/* anchor: "start", "middle" or "end". The text is escaped. */
void tti_svg_text(FILE *out, double x, double y, const char *anchor, const char *text);

/* The border of `box`, ticks and their numbers; `lines`: thin lines across as well. */
void tti_svg_axes(FILE *out, tti_plot_frame frame, tti_svg_box box, bool lines);

#ifdef __cplusplus
}
#endif
#endif
