/* A thread that does one kind of work beside the caller's, a piece at a time. Internal.
 *
 * Set `work` and `user`, the rest to 0. tti_worker_ask runs work(user) on the thread, or at once where
 * there can be none; until tti_worker_wait has come back, what it works on must be left alone.
 * tti_worker_end ends the thread, also where nothing was asked. After the first ask none of them
 * allocates. One thread asks, waits and ends.
 */
#ifndef TT_MODULE4_NN_DATA_WORKER_H
#define TT_MODULE4_NN_DATA_WORKER_H

#include <pthread.h>
#include <stdbool.h>

typedef struct tti_worker {
    void (*work)(void *user);
    void *user;
    /* internal */
    bool running;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool asked, working, ending; /* under lock */
} tti_worker;

void tti_worker_ask(tti_worker *w);
void tti_worker_wait(tti_worker *w);
void tti_worker_end(tti_worker *w);

#endif
