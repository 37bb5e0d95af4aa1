// The front door of core: what production code links. No simulator in it.
#pragma once

#include <reprise/core/archive.h>           // IWYU pragma: export
#include <reprise/core/assert.h>            // IWYU pragma: export
#include <reprise/core/await.h>             // IWYU pragma: export
#include <reprise/core/buffer.h>            // IWYU pragma: export
#include <reprise/core/completion.h>        // IWYU pragma: export
#include <reprise/core/completion_group.h>  // IWYU pragma: export
#include <reprise/core/completion_pool.h>   // IWYU pragma: export
#include <reprise/core/deadline.h>          // IWYU pragma: export
#include <reprise/core/digest.h>            // IWYU pragma: export
#include <reprise/core/fair_lock.h>         // IWYU pragma: export
#include <reprise/core/full_transfer.h>     // IWYU pragma: export
#include <reprise/core/internal/waiter.h>   // IWYU pragma: export
#include <reprise/core/io.h>                // IWYU pragma: export
#include <reprise/core/io_error.h>          // IWYU pragma: export
#include <reprise/core/io_result.h>         // IWYU pragma: export
#include <reprise/core/network/datagram.h>  // IWYU pragma: export
#include <reprise/core/network/stream.h>    // IWYU pragma: export
#include <reprise/core/observer.h>          // IWYU pragma: export
#include <reprise/core/result.h>            // IWYU pragma: export
#include <reprise/core/state_machine.h>     // IWYU pragma: export
#include <reprise/core/take_finished.h>     // IWYU pragma: export
#include <reprise/core/time.h>              // IWYU pragma: export
#include <reprise/core/tracked.h>           // IWYU pragma: export
#include <reprise/core/wake_list.h>         // IWYU pragma: export
