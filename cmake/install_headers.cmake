# Installs the headers that users include, and those that these include: all else of core, sim and
# replay is nobody's business. tests/consumer/headers.txt has the whole list. Run by the install step,
# which sets include_dir.
set(headers reprise.h sqlite_vfs.h core/core.h core/coroutine.h core/adapter.h core/callback_io.h replay/fuzz.h
  replay/input_fuzzer.h
  engines/leveldb/engine.h core/back_end/posix.h core/back_end/uring.h core/back_end/loop.h)
get_filename_component(source_dir "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
set(i 0)
list(LENGTH headers count)
while(i LESS count)
  list(GET headers ${i} header)
  get_filename_component(folder "${header}" DIRECTORY)
  file(INSTALL "${source_dir}/${header}"
    DESTINATION "${CMAKE_INSTALL_PREFIX}/${include_dir}/reprise/${folder}")
  file(STRINGS "${source_dir}/${header}" lines REGEX "^#include <reprise/")
  list(TRANSFORM lines REPLACE "^#include <reprise/([^>]+)>.*" "\\1")
  list(APPEND headers ${lines})
  list(REMOVE_DUPLICATES headers)
  list(LENGTH headers count)
  math(EXPR i "${i} + 1")
endwhile()
