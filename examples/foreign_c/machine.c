#include "machine.h"

#include <errno.h>
#include <string.h>

static void called_back(void* arg, int result) {
  struct copier* c = arg;
  c->pending = 0;
  c->result = result;
}

static void begin_read(struct copier* c) {
  c->state = COPIER_READING;
  c->pending = 1;
  int refused = c->io->read(c->from, c->at, c->block, sizeof c->block, called_back, c);
  if (refused) called_back(c, refused);
}

static void begin_write(struct copier* c) {
  c->state = COPIER_WRITING;
  c->pending = 1;
  const unsigned char* left = c->block + c->gone;
  int refused = c->io->write(c->to, c->at, left, c->have - c->gone, called_back, c);
  if (refused) called_back(c, refused);
}

void copier_init(struct copier* c, const struct copier_io* io, void* from, void* to) {
  memset(c, 0, sizeof *c);
  c->io = io;
  c->from = from;
  c->to = to;
}

int copier_step(struct copier* c) {
  for (;;) {
    switch (c->state) {
      case COPIER_READ: begin_read(c); break;
      case COPIER_READING:
        if (c->pending) return EAGAIN;
        if (c->result < 0) return -c->result;
        if (c->result == 0) return 0;
        c->have = (size_t)c->result;
        c->gone = 0;
        c->state = COPIER_WRITE;
        break;
      case COPIER_WRITE: begin_write(c); break;
      case COPIER_WRITING:
        if (c->pending) return EAGAIN;
        if (c->result < 0) return -c->result;
        c->at += (size_t)c->result;
        c->gone += (size_t)c->result;
        c->state = c->gone < c->have ? COPIER_WRITE : COPIER_READ;
        break;
    }
  }
}

int hasty_copier_step(struct copier* c) {
  for (;;) {
    switch (c->state) {
      case COPIER_READ: begin_read(c); break;
      case COPIER_READING:
        if (c->pending) return EAGAIN;
        if (c->result < 0) return -c->result;
        if (c->result == 0) return 0;
        c->have = (size_t)c->result;
        c->gone = 0;
        c->state = COPIER_WRITE;
        break;
      case COPIER_WRITE: begin_write(c); break;
      case COPIER_WRITING:
        c->at += c->have;               // moved on first ...
        if (c->pending) return EAGAIN;  // ... and then it waits: the next step moves on once more
        if (c->result < 0) return -c->result;
        c->state = COPIER_READ;
        break;
    }
  }
}
