# Installs the libraries, the program and the package `reprise`, in three components: the tool (what has
# no component of its own), what code is compiled and linked with, and documents.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME tool)

set(installed reprise_core reprise_sim reprise_replay reprise_main reprise_watch_hooks reprise_watch)
install(TARGETS reprise RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS ${installed} EXPORT reprise
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)

install(CODE "set(include_dir \"${CMAKE_INSTALL_INCLUDEDIR}\")" COMPONENT development)
install(SCRIPT cmake/install_headers.cmake COMPONENT development)

# What --json prints, and the manual pages, which the program makes of its own tables.
install(DIRECTORY docs/schemas DESTINATION "${CMAKE_INSTALL_DATADIR}/reprise")
install(CODE "
  file(REMOVE_RECURSE \"${PROJECT_BINARY_DIR}/man1\")
  execute_process(COMMAND \"$<TARGET_FILE:reprise>\" man --out \"${PROJECT_BINARY_DIR}/man1\"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB pages \"${PROJECT_BINARY_DIR}/man1/*.1\")
  file(INSTALL \${pages} DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1\")
")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/reprise")
install(EXPORT reprise NAMESPACE reprise:: FILE reprise-targets.cmake DESTINATION "${package_dir}"
  COMPONENT development)
configure_package_config_file(cmake/reprise-config.cmake.in reprise-config.cmake
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(reprise-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/reprise-config.cmake"
  "${PROJECT_BINARY_DIR}/reprise-config-version.cmake"
  cmake/system_libraries.cmake cmake/discover_scenarios.cmake cmake/scenario_tests.cmake.in
  DESTINATION "${package_dir}" COMPONENT development)

# For pkg-config. The files find what they name from where they are, so the tree may be moved.
set(uring_flag "")
if(REPRISE_URING AND TARGET reprise_system::uring)
  set(uring_flag " -luring")
endif()
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH to_prefix "/${pkgconfig_dir}" /)
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
foreach(name reprise reprise-replay reprise-core)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pkgconfig_dir}"
    COMPONENT development)
endforeach()

install(FILES README.md CHANGELOG.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  COMPONENT documents)
install(DIRECTORY docs examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT documents
  PATTERN examples/pager_store EXCLUDE)  # it is made of files of scenarios/

if(PROJECT_IS_TOP_LEVEL)
  include(packaging/packages.cmake)
endif()
