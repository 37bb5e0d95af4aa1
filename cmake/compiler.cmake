# How our own sources are compiled. Nothing of this reaches users of the package: warnings are in a
# target that is linked privately, the rest is set only when this is the top-level project.

add_library(reprise_warnings INTERFACE)
target_compile_options(reprise_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
  "$<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast;-Wnon-virtual-dtor;-Woverloaded-virtual>")
if(REPRISE_BATCHES)
  # A file-local type is in a file that is included there.
  target_compile_options(reprise_warnings INTERFACE
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>")
else()
  # In a batch another source's names would be shadowed.
  target_compile_options(reprise_warnings INTERFACE -Wshadow)
endif()
# g++ 12 takes a std::string's own `+=` for an overlap (its bug 105651).
target_compile_options(reprise_warnings INTERFACE
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>")
if(REPRISE_SANITIZE)
  # With sanitizers g++ warns of uses that its own checks put there.
  target_compile_options(reprise_warnings INTERFACE
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>")
endif()

# No path of the machine that builds gets into a binary: `core/buffer.cpp`, on every machine. (g++
# takes the last of these options that matches, clang the longest.)
add_library(reprise_paths INTERFACE)
target_compile_options(reprise_paths INTERFACE
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=."
  "-ffile-prefix-map=${PROJECT_BINARY_DIR}=."
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
  "-ffile-prefix-map=${PROJECT_BINARY_DIR}/="
  "-ffile-prefix-map=${PROJECT_BINARY_DIR}/include/reprise/=")
target_link_libraries(reprise_warnings INTERFACE reprise_paths)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo or Release" FORCE)
  endif()
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(REPRISE_CCACHE ccache)
    if(REPRISE_CCACHE)
      set(CMAKE_CXX_COMPILER_LAUNCHER "${REPRISE_CCACHE}")
    endif()
  endif()
  if(REPRISE_SANITIZE)
    add_compile_options("-fsanitize=${REPRISE_SANITIZE}" -fno-sanitize-recover=all
      -fno-omit-frame-pointer -O1
      # clang++ 14 cannot put the marks of this one in front of a coroutine's parts.
      $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    add_link_options("-fsanitize=${REPRISE_SANITIZE}")
  endif()
endif()
