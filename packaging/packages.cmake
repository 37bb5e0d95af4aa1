# What `cpack -G DEB` makes of a build: reprise (the tool), libreprise-dev and reprise-doc. What Debian
# asks for beside the files that are installed comes from debian/finish.cmake.
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME reprise)
set(CPACK_PACKAGE_CONTACT "The Reprise authors <reprise@localhost>" CACHE STRING
  "Who answers for the packages")
set(CPACK_PACKAGE_VENDOR "The Reprise authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has a first line of its own
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL tool development documents)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# The archive of a release comes from tarball.sh; this is for whoever says `ninja package_source`.
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_IGNORE_FILES "/build/;/[.]git/")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake")
set(CPACK_REPRISE_SOURCE_DIR "${PROJECT_SOURCE_DIR}")  # for that script

set(version "(= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME reprise)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
# It runs without a compiler; to test files it needs one, and the headers.
set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS "libreprise-dev ${version}, g++ | clang")
set(CPACK_DEBIAN_TOOL_PACKAGE_SUGGESTS "reprise-doc ${version}, gdb")
set(CPACK_DEBIAN_TOOL_DESCRIPTION
"deterministic simulation testing of asynchronous I/O
Reprise tests C++ code that answers \"I need I/O, call again later\", and is
entered again and again. It runs such code on a simulated disk and clock that
reorder, delay, fail and cancel I/O, and checks what must hold. A finding comes
with a trace that replays exactly.

This package has the program, with scenarios of its own to try it on.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libreprise-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# The libraries are static, so dpkg-shlibdeps has nothing to look at. The name space of fmt's functions
# has its major version in it.
string(REGEX MATCH "^[0-9]+" fmt_major "${fmt_VERSION}")
math(EXPR fmt_next "${fmt_major} + 1")
string(JOIN ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS libboost-context-dev libdw-dev
  "libfmt-dev (>= ${fmt_major})" "libfmt-dev (<< ${fmt_next})" libxxhash-dev)
if(uring_flag)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", liburing-dev")
endif()
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "reprise ${version}, libsqlite3-dev, libleveldb-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"libraries and headers of Reprise, for simulation tests
Reprise tests C++ code that answers \"I need I/O, call again later\", and is
entered again and again, on a simulated disk and clock.

This package has the static libraries and headers for production code, for
scenarios and for programs of one's own with the whole command line, and what
CMake and pkg-config need to find them.")

set(CPACK_DEBIAN_DOCUMENTS_PACKAGE_NAME reprise-doc)
set(CPACK_DEBIAN_DOCUMENTS_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOCUMENTS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DOCUMENTS_DESCRIPTION
"documents and examples of Reprise, for simulation tests
Reprise tests C++ code that answers \"I need I/O, call again later\", and is
entered again and again, on a simulated disk and clock.

This package has its documents, in Markdown, and examples.")
include(CPack)
