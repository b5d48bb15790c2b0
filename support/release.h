/* What has to be done when a context rewinds, other than to take memory back. */
#ifndef TT_SUPPORT_RELEASE_H
#define TT_SUPPORT_RELEASE_H

#include "support/ctx_struct.h"

/* Calls what was registered with c after `until`, newest first. */
void tti_release_run(tt_ctx *c, struct tti_release *until);

#endif
