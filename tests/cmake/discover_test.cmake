# discover-scenarios: the tests that reprise_discover_scenarios() gives to ctest, with all that they are
# asked for, in generators with one configuration and with several.
function(run expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output
    WORKING_DIRECTORY "${WORK_DIR}")
  if(NOT code STREQUAL expected)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "exit code ${code}, not ${expected}: ${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_equal is should_be)
  if(NOT is STREQUAL should_be)
    message(FATAL_ERROR "is:\n${is}\nshould be:\n${should_be}")
  endif()
endfunction()

# test_names(OUTPUT): the names in the order of ctest, one a line.
# `;` and `[` are shown as `,` and `(`, since this script must not misread them either.
function(test_names output)
  string(REPLACE ";" "," output "${output}")
  string(REPLACE "[" "(" output "${output}")
  string(REGEX MATCHALL "Test +#[0-9]+: [^\n]*" lines "${output}")
  list(TRANSFORM lines REPLACE "Test +#[0-9]+: " "")
  list(JOIN lines "\n" names)
  set(names "${names}" PARENT_SCOPE)
endfunction()

# property_of(JSON TEST NAME): sets `property` to what ctest --show-only=json-v1 says.
function(property_of json test name)
  set(property "none")
  string(JSON count LENGTH "${json}" tests)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON at GET "${json}" tests ${i} name)
    if(NOT at STREQUAL test)
      continue()
    endif()
    string(JSON properties LENGTH "${json}" tests ${i} properties)
    math(EXPR properties "${properties} - 1")
    foreach(p RANGE ${properties})
      string(JSON key GET "${json}" tests ${i} properties ${p} name)
      if(key STREQUAL name)
        string(JSON property GET "${json}" tests ${i} properties ${p} value)
      endif()
    endforeach()
  endforeach()
  string(REGEX REPLACE "[ \n]" "" property "${property}")
  set(property "${property}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")
set(ENV{CALLS} "${WORK_DIR}/calls")
set(configure "${CMAKE_COMMAND}" "-DDISCOVER=${DISCOVER}" -S "${SOURCE_DIR}")

run(0 ${configure} -G Ninja -B one)
set(one "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}/one")

# Names, those with characters of lists and of code included.
run(0 ${one} -N)
test_names("${output}")
set(all_names [=[harness/pager/reads
harness/pager/writes
odd-odd/semi,colon
odd-odd/open(bracket
odd-odd/a dollar ${HOME} and "quotes"
harness/list
all/pager/reads
all/pager/writes
absent/list]=])
expect_equal("${names}" "${all_names}")

# A finding, a pattern without scenarios, and a program that is not built are failures.
run(8 ${one})
foreach(line "harness/pager/reads [. ]*Passed" "harness/pager/writes [. ]*\\*\\*\\*Failed"
    "odd-odd/open.bracket [. ]*Passed" "all/pager/reads [. ]*Passed"
    "harness/list [. ]*\\*\\*\\*Failed" "absent/list [. ]*\\*\\*\\*Not Run")
  if(NOT output MATCHES "${line}")
    message(FATAL_ERROR "no line ${line} in\n${output}")
  endif()
endforeach()

# Calls: those with a COST come first.
file(READ "${WORK_DIR}/calls" calls)
string(REPLACE "${SOURCE_DIR} " "" calls "${calls}")
string(REPLACE "${WORK_DIR}" "W" calls "${calls}")
string(REPLACE ";" "," calls "${calls}")
expect_equal("${calls}" [=[sweep odd/semi,colon --seed 1 -j 1 --out W/one/traces
sweep odd/open[bracket --seed 1 -j 1 --out W/one/traces
sweep odd/a dollar ${HOME} and "quotes" --seed 1 -j 1 --out W/one/traces
fuzz pager/reads --seed 1 -j 1 --out W/one/traces
fuzz pager/writes --seed 1 -j 1 --out W/one/traces
fuzz pager/reads --seed 0xfe --seeds 9 --for 3s -j 1 --out here --profile two words
fuzz pager/writes --seed 0xfe --seeds 9 --for 3s -j 1 --out here --profile two words
]=])

# Properties.
run(0 ${one} --show-only=json-v1)
property_of("${output}" harness/pager/reads LABELS)
expect_equal("${property}" [=[["reprise"]]=])
property_of("${output}" harness/pager/reads TIMEOUT)
expect_equal("${property}" "none")
property_of("${output}" odd-odd/open[bracket LABELS)
expect_equal("${property}" [=[["odd","slow"]]=])
property_of("${output}" odd-odd/open[bracket TIMEOUT)
expect_equal("${property}" "7.0")
property_of("${output}" odd-odd/open[bracket ENVIRONMENT)
expect_equal("${property}" [=[["A=1","B=2"]]=])

# Several configurations.
run(0 ${configure} -G "Ninja Multi-Config" -B several)
run(0 "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}/several" -C Debug -N)
test_names("${output}")
expect_equal("${names}" "${all_names}")
run(8 "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}/several")
if(NOT output MATCHES "harness/list [. ]*\\*\\*\\*Not Run")
  message(FATAL_ERROR "without a configuration:\n${output}")
endif()

# Mistakes are told when the project is configured.
foreach(mistake "harness COMMAND run;COMMAND is fuzz or sweep" "harness SEED 1 2;unknown or without"
    "harness SEEDS;unknown or without" "harnes;there is no target harnes")
  list(GET mistake 0 call)
  list(GET mistake 1 message)
  file(WRITE "${WORK_DIR}/wrong/CMakeLists.txt" "cmake_minimum_required(VERSION 3.24)\n"
    "project(wrong NONE)\ninclude(\"${DISCOVER}\")\nadd_executable(harness IMPORTED)\n"
    "reprise_discover_scenarios(${call})\n")
  run(1 "${CMAKE_COMMAND}" -S wrong -B wrong/build)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(NOT output MATCHES "${message}")
    message(FATAL_ERROR "${call}: no \"${message}\" in\n${output}")
  endif()
endforeach()
