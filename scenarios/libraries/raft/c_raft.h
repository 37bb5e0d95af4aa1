// raft.h does not say by itself that it is C.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

extern "C" {
#include <raft.h>
}
