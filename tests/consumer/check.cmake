# Installs the build in BUILD_DIR to a new prefix, moves it elsewhere, builds the consumer against it
# and runs its harness: the sound scenario is clean, the broken one is found. Then the same with a
# project as `reprise new` writes it: its tests fail until the planted bug is mended.
function(run expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output
    WORKING_DIRECTORY "${WORK_DIR}")
  if(NOT code STREQUAL expected)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "exit code ${code}, not ${expected}: ${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# fails(FOLDER TEST): the test is there and runs, and it fails.
function(fails folder test)
  run(8 "${CMAKE_CTEST_COMMAND}" --test-dir "${folder}" -R "^${test}$")
  if(NOT output MATCHES " ${test} [. ]*\\*\\*\\*Failed")
    message(FATAL_ERROR "${test} did not fail:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")
run(0 "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${WORK_DIR}/staged")
file(RENAME "${WORK_DIR}/staged" "${WORK_DIR}/prefix")

# What is installed is what users include: a header more, or one less, is a decision.
file(GLOB_RECURSE laid RELATIVE "${WORK_DIR}/prefix/include/reprise"
  "${WORK_DIR}/prefix/include/reprise/*")
list(SORT laid)
file(STRINGS "${SOURCE_DIR}/headers.txt" expected)
if(NOT laid STREQUAL expected)
  set(surplus ${laid})
  list(REMOVE_ITEM surplus ${expected})
  list(REMOVE_ITEM expected ${laid})
  message(FATAL_ERROR "the installed headers are not those of tests/consumer/headers.txt\n"
    "not in the list: ${surplus}\nnot installed: ${expected}")
endif()

foreach(file IN ITEMS share/man/man1/reprise.1 share/man/man1/reprise-fuzz.1
    share/reprise/schemas/report.json share/reprise/schemas/trace.json)
  if(NOT EXISTS "${WORK_DIR}/prefix/${file}")
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()

set(configure "${CMAKE_COMMAND}" -G Ninja
  "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix" "-DCMAKE_CXX_COMPILER=${CXX}"
  "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DCMAKE_BUILD_TYPE=${TYPE}"
  "-DCMAKE_EXE_LINKER_FLAGS=${FLAGS}")
run(0 ${configure} "-DCMAKE_CXX_FLAGS=${FLAGS}" -S "${SOURCE_DIR}" -B "${WORK_DIR}/build")
run(0 "${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
run(0 "${WORK_DIR}/build/harness" fuzz turnstile/mended --seed 1 --seeds 50)
run(1 "${WORK_DIR}/build/harness" fuzz turnstile/broken --seed 1 --seeds 50 --out traces)
run(0 "${WORK_DIR}/prefix/bin/reprise" list)
set(consumer_tests "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}/build" --no-tests=error)
run(0 ${consumer_tests} -R "^harness/turnstile/mended$" -L "^reprise$")
fails("${WORK_DIR}/build" sweep/turnstile/broken)
run(0 "${WORK_DIR}/build/on_a_file" counts)

# Another minor version may have other interfaces.
file(WRITE "${WORK_DIR}/later/CMakeLists.txt" "cmake_minimum_required(VERSION 3.24)\n"
  "project(later LANGUAGES CXX)\nfind_package(reprise 0.2 CONFIG REQUIRED)\n")
run(1 ${configure} -S "${WORK_DIR}/later" -B "${WORK_DIR}/later/build")
if(NOT output MATCHES "reprise-config.cmake, version: 0.1.0")
  message(FATAL_ERROR "version 0.2 was asked for:\n${output}")
endif()

# The same by hand, with pkg-config. The tool's own users need no more than this.
find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB pkgconfig "${WORK_DIR}/prefix/lib*/pkgconfig" "${WORK_DIR}/prefix/lib/*/pkgconfig")
  set(ENV{PKG_CONFIG_PATH} "${pkgconfig}")
  set(compile "\"${CXX}\" -std=c++20 ${FLAGS} \"${SOURCE_DIR}/turnstile.cpp\"")
  run(0 sh -c "${compile} \"${SOURCE_DIR}/turnstile_scenario.cpp\" -o by_hand \
    $(\"${PKG_CONFIG}\" --cflags --libs 'reprise >= 0.1')")
  run(0 "${WORK_DIR}/by_hand" fuzz turnstile/mended --seed 1 --seeds 50)
  run(1 "${WORK_DIR}/by_hand" fuzz turnstile/broken --seed 1 --seeds 50 --out traces)
  run(0 sh -c "${compile} \"${SOURCE_DIR}/on_a_file.cpp\" -o on_a_file \
    $(\"${PKG_CONFIG}\" --cflags --libs reprise-core)")
  run(0 "${WORK_DIR}/on_a_file" counts)
  if(NOT output STREQUAL "1\n2\n3\n")
    message(FATAL_ERROR "on a file:\n${output}")
  endif()
endif()

set(reprise "${CMAKE_COMMAND}" -E env "REPRISE_CACHE=${WORK_DIR}/cache" "${WORK_DIR}/prefix/bin/reprise")
set(new "${WORK_DIR}/turnstile")
run(0 ${reprise} new turnstile --project)
run(1 ${reprise} fuzz turnstile/turnstile.cpp --out turnstile/traces)
run(0 ${configure} -S "${new}" -B "${new}/build")
run(0 "${CMAKE_COMMAND}" --build "${new}/build")
fails("${new}/build" fuzz/turnstile/bump)
fails("${new}/build" replay)
file(READ "${new}/turnstile.h" machine)
string(REGEX REPLACE "( *count_ \\+= 1;[^\n]*\n)( *RETURN_IF_IO[^\n]*\n)" "\\2\\1" mended "${machine}")
if(mended STREQUAL machine)
  message(FATAL_ERROR "the planted bug is not where it was:\n${machine}")
endif()
file(WRITE "${new}/turnstile.h" "${mended}")
run(0 "${CMAKE_COMMAND}" --build "${new}/build")
run(0 "${CMAKE_CTEST_COMMAND}" --test-dir "${new}/build" --no-tests=error)
