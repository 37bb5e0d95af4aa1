#include <reprise/core/back_end/uring.h>

namespace reprise {

bool is_uring_built_in() { return false; }

Result<std::unique_ptr<BackEnd>> make_uring_io(UringOptions) { return IOError::not_implemented; }

}  // namespace reprise
