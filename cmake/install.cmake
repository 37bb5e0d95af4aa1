# Installs the libraries, the program and the package `reprise`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(installed reprise_core reprise_sim reprise_replay reprise_main reprise_watch_hooks reprise_watch)
install(TARGETS reprise RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS ${installed} EXPORT reprise ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")

install(CODE "set(include_dir \"${CMAKE_INSTALL_INCLUDEDIR}\")")
install(SCRIPT cmake/install_headers.cmake)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/reprise")
install(EXPORT reprise NAMESPACE reprise:: FILE reprise-targets.cmake DESTINATION "${package_dir}")
configure_package_config_file(cmake/reprise-config.cmake.in reprise-config.cmake
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(reprise-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/reprise-config.cmake"
  "${PROJECT_BINARY_DIR}/reprise-config-version.cmake"
  cmake/discover_scenarios.cmake cmake/scenario_tests.cmake.in
  DESTINATION "${package_dir}")
