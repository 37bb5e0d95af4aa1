#include "queue.h"

#include <stdlib.h>

enum state { idle, busy, closing };

struct part {
  int size;
  short tag;
};

struct queue {
  struct {
    unsigned count;
    unsigned char is_full : 1;
    unsigned char level : 3;
  } head;
  struct part parts[4];
  enum state state;
  double speed;
  void* next;
};

struct queue only;

struct queue* queue_new(void) { return calloc(1, sizeof(struct queue)); }
void queue_free(struct queue* queue) { free(queue); }

void queue_change(struct queue* queue, int which) {
  switch (which) {
    case 0: queue->head.count += 1; break;
    case 1: queue->head.level += 1; break;
    case 2: queue->parts[3].size -= 5; break;
    case 3: queue->state = queue->state == idle ? busy : closing; break;
    case 4: queue->speed += 0.5; break;
    case 5: queue->next = queue->next == NULL ? (char*)queue : (char*)queue->next + 1; break;
    case 6: only.parts[2].tag += 1; break;
    default: break;
  }
}

void queue_change_handle(void* handle, int which) {
  struct queue* const mine = handle;
  queue_change(mine, which);
}
