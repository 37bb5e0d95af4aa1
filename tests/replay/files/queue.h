// A queue in C, whose type one file alone knows.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

struct queue;
struct queue* queue_new(void);
void queue_free(struct queue* queue);
// Changes one member.
void queue_change(struct queue* queue, int which);
void queue_change_handle(void* handle, int which);

#ifdef __cplusplus
}
#endif
