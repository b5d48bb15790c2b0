/* What the parts of the pass over a file share. */
#ifndef TT_MODULE3_GPU_SIM_PROGRAM_PASS_H
#define TT_MODULE3_GPU_SIM_PROGRAM_PASS_H

#include <stddef.h>

#include "module3_gpu/sim/program/rewrite.h"

enum { SIM_MOST_BRACES = 256, SIM_MOST_IFS = 64 };

/* A text that grows; the context owns every version of it. */
typedef struct sim_text {
    tt_ctx *c;
    char *p;
    size_t n, room;
} sim_text;

typedef struct sim_brace {
    int line;
    bool outside;     /* of a namespace or extern "C": functions stand in it */
    bool kernel;      /* of a kernel, or within one */
    const char *name; /* of the namespace, or NULL */
} sim_brace;

typedef struct sim_pass {
    tt_ctx *c;
    sim_source *o;
    const char *path, *source;
    sim_text out;
    sim_brace braces[SIM_MOST_BRACES]; /* that are open */
    int depth;
    int ifs[SIM_MOST_IFS]; /* depth at each open #if: its #else begins there again */
    int if_count;
    const char *macro_end;           /* of the #define that is being read */
    const char *line_at;             /* for sim_line: the last place asked for */
    int line;                        /* and its line */
    const char *before, *before_end; /* the token before this one; NULL at the beginning */
    bool is_template, is_kernel, is_outside; /* since the last ; or } */
    const char *space;                       /* likewise: the namespace that begins */
} sim_pass;

/* pass.c: writing and messages. */
void sim_put(sim_text *t, const char *from, size_t n);
void sim_puts(sim_text *t, const char *s);
void sim_put_quoted(sim_text *t, const char *s);
void sim_put_lines(sim_pass *p, const char *from,
                   const char *to); /* the line ends between them */
int sim_line(sim_pass *p, const char *s);
bool sim_outside(const sim_pass *p); /* of functions and types */
bool sim_in_macro(const sim_pass *p, const char *s);
/* Puts a directive before s, on a line of its own, which counts as s's. */
void sim_put_directive(sim_pass *p, const char *s, const char *directive);
/* Says what is wrong at s, and in which line. Always NULL. */
void *sim_refuse(sim_pass *p, const char *s, const char *what);

/* Each takes s as the place where it may begin, writes what it becomes and returns where to go on; NULL
 * where it is none, or an error. */
const char *sim_launch(sim_pass *p, const char *s);
const char *sim_shared(sim_pass *p, const char *s);    /* on `extern` or `__shared__` */
const char *sim_directive(sim_pass *p, const char *s); /* on the # of a line */

/* kernels.c: s stands on `__global__`; the kernels of a name. */
void sim_kernel_seen(sim_pass *p, const char *s);
void sim_kernel_word(sim_pass *p, const char *s, const char *end);
/* The full name, if the expression names one function and no other; else NULL. */
const char *sim_kernel_plain(const sim_pass *p, const char *expression);

/* unsupported.c: why, or NULL for what the simulator has. */
const char *sim_unsupported_header(const char *name);
const char *sim_unsupported_word(const char *s, const char *end);

/* rewrite.c: the name by which to include the file `path` once rewritten; NULL: an error. */
const char *sim_rewrite_file(tt_ctx *c, sim_source *o, const char *path, const char *text);

#endif
