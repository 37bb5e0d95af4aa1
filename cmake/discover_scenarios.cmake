# reprise_discover_scenarios(TARGET
#   [COMMAND fuzz|sweep]       what a test does with its scenario (fuzz)
#   [SCENARIOS PATTERN...]     which scenarios ("*": all but broken canaries)
#   [SEED SEED]                decimal, 0x hexadecimal, a commit hash, or random (1)
#   [SEEDS N] [FOR TIME]       how much, as on the command line (what TARGET does without them)
#   [ARGUMENTS ARGUMENT...]    more arguments for each test: --profile chaos --set records=9
#   [PREFIX TEXT]              what the name of a test begins with ("TARGET/")
#   [LABELS LABEL...]          labels of the tests (reprise)
#   [TIMEOUT SECONDS]          after which ctest ends a test (that of ctest, 1500)
#   [PROPERTIES NAME VALUE...] more properties of the tests, as for set_tests_properties
#   [TRACES FOLDER])           where traces go (traces in the binary folder)
#
# Adds a test to ctest for each scenario of TARGET, a program that is linked with reprise::main. ctest
# asks the program for its scenarios each time it starts, so a new scenario needs no new configuration.
# A test passes if its scenario is clean. Tests run in the source folder and take one processor each. If
# the program cannot list its scenarios, or none matches, there is one test, TARGET/list, which fails and
# shows why.
function(reprise_discover_scenarios target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "COMMAND;SEED;SEEDS;FOR;PREFIX;TIMEOUT;TRACES"
    "SCENARIOS;ARGUMENTS;LABELS;PROPERTIES")
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "reprise_discover_scenarios(${target}): unknown or without a value: "
      "${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES}")
  endif()
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "reprise_discover_scenarios: there is no target ${target}")
  endif()
  foreach(default "COMMAND fuzz" "SCENARIOS *" "SEED 1" "LABELS reprise" "PREFIX ${target}/"
      "TRACES ${CMAKE_CURRENT_BINARY_DIR}/traces")
    string(REGEX MATCH "^([A-Z]+) (.*)$" matched "${default}")
    if(NOT DEFINED arg_${CMAKE_MATCH_1})
      set(arg_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
    endif()
  endforeach()
  if(NOT arg_COMMAND MATCHES "^(fuzz|sweep)$")
    message(FATAL_ERROR
      "reprise_discover_scenarios(${target}): COMMAND is fuzz or sweep, not ${arg_COMMAND}")
  endif()

  set(arguments --seed "${arg_SEED}")
  if(DEFINED arg_SEEDS)
    list(APPEND arguments --seeds "${arg_SEEDS}")
  endif()
  if(DEFINED arg_FOR)
    list(APPEND arguments --for "${arg_FOR}")
  endif()
  list(APPEND arguments -j 1 --out "${arg_TRACES}" ${arg_ARGUMENTS})
  if(DEFINED arg_TIMEOUT)
    list(APPEND arg_PROPERTIES TIMEOUT "${arg_TIMEOUT}")
  endif()
  set(properties "LABELS [==[${arg_LABELS}]==]")
  foreach(word IN LISTS arg_PROPERTIES)
    string(APPEND properties " [==[${word}]==]")
  endforeach()

  # A file for each call, and for each configuration where the generator has several.
  get_property(calls TARGET ${target} PROPERTY REPRISE_DISCOVERIES)
  math(EXPR calls "0${calls} + 1")
  set_property(TARGET ${target} PROPERTY REPRISE_DISCOVERIES ${calls})
  set(base "${CMAKE_CURRENT_BINARY_DIR}/${target}-scenarios-${calls}")
  configure_file("${REPRISE_SCENARIO_TESTS}" "${base}.cmake.in" @ONLY)
  get_property(is_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(included "${base}.cmake")
  if(is_multi_config)
    set(included "${base}-$<CONFIG>.cmake")
    file(WRITE "${base}.cmake"
      "include(\"${base}-\${CTEST_CONFIGURATION_TYPE}.cmake\" OPTIONAL RESULT_VARIABLE found)\n"
      "if(NOT found)\n  add_test([==[${target}/list]==] \"say ctest -C CONFIGURATION\")\nendif()\n")
  endif()
  file(GENERATE OUTPUT "${included}" INPUT "${base}.cmake.in" TARGET ${target})
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${base}.cmake")
endfunction()

set(REPRISE_SCENARIO_TESTS "${CMAKE_CURRENT_LIST_DIR}/scenario_tests.cmake.in" CACHE INTERNAL "")
