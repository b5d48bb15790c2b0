/* A thread that does one kind of work beside the caller's, a piece at a time. Internal.
 *
 *   tti_worker w = {.work = fill, .user = job};
 *   tti_worker_ask(&w);          // fill(job) runs on the thread, or here where there can be none
 *   ..                       // job must be left alone
 *   tti_worker_wait(&w);         // done; what it wrote can be read
 *   tti_worker_end(&w);          // also without an ask before
 *
 * After the first ask neither allocates. One thread asks, waits and ends.
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
    bool asked, ending; /* under lock */
} tti_worker;

void tti_worker_ask(tti_worker *w);
void tti_worker_wait(tti_worker *w);
void tti_worker_end(tti_worker *w);

#endif
