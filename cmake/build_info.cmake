# The generated build_info.cpp. Included, it sets REPRISE_BUILD_INFO to the file's name and makes the
# target build_info; run as a script by that target, on every build, it writes the file anew if the
# commit or the state of the tree has changed.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(REPRISE_BUILD_INFO "${PROJECT_BINARY_DIR}/generated/build_info.cpp")
  add_custom_target(build_info
    COMMAND "${CMAKE_COMMAND}"
      "-DSOURCE_DIR=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${REPRISE_BUILD_INFO}"
      "-DVERSION=${PROJECT_VERSION}" "-DTYPE=${CMAKE_BUILD_TYPE}"
      "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
      "-DSANITIZERS=${REPRISE_SANITIZE}"
      -P "${CMAKE_CURRENT_LIST_FILE}"
    BYPRODUCTS "${REPRISE_BUILD_INFO}"
    COMMENT "" VERBATIM)
  return()
endif()

set(COMMIT unknown)
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(COMMAND "${GIT}" describe --always --abbrev=40 --exclude=* --dirty=+
    WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE described RESULT_VARIABLE failed
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed)
    set(COMMIT "${described}")
  endif()
endif()
if(COMMIT STREQUAL "unknown")  # in an archive, git has put the commit into this file
  file(READ "${CMAKE_CURRENT_LIST_DIR}/commit.txt" archived)
  if(archived MATCHES "^[0-9a-f]+")
    set(COMMIT "${CMAKE_MATCH_0}")
  endif()
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/build_info.cpp.in" "${OUTPUT}" @ONLY)
