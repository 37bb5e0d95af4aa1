# Run by cpack once the files of all packages are laid, before the packages are made: adds what Debian's
# policy asks each package for. Debug information is taken out of the libraries, as dh_strip does it. That of the
# program stays, compressed: the store watch reads it to know the variables of the built-in scenarios, and
# `reprise selftest` fails without it.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
find_program(GZIP gzip REQUIRED)
find_program(STRIP strip REQUIRED)
find_program(OBJCOPY objcopy REQUIRED)
set(source "${CPACK_REPRISE_SOURCE_DIR}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The date of the changelog: that of the commit, so that the same commit gives the same file.
execute_process(COMMAND git -C "${source}" log -1 --format=%ct OUTPUT_VARIABLE seconds ERROR_QUIET
  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(seconds "$ENV{SOURCE_DATE_EPOCH}")
elseif(failed)
  string(TIMESTAMP seconds %s UTC)
endif()
set(ENV{SOURCE_DATE_EPOCH} "${seconds}")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)

file(READ "${source}/LICENSE" license)
string(REGEX REPLACE "^MIT License\n+Copyright \\(c\\) ([^\n]*)\n+" "" terms "${license}")
string(STRIP "${terms}" terms)
string(REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REPLACE "\n" "\n " terms "${terms}")
set(holder "${CMAKE_MATCH_1}")

foreach(component tool development documents)
  string(TOUPPER ${component} upper)
  set(package "${CPACK_DEBIAN_${upper}_PACKAGE_NAME}")
  set(root "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr")
  if(NOT EXISTS "${root}")
    message(FATAL_ERROR "nothing is installed for ${package}: there is no ${root}")
  endif()
  set(folder "${root}/share/doc/${package}")
  file(WRITE "${folder}/copyright"
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
    "Upstream-Name: reprise\n\nFiles: *\nCopyright: ${holder}\nLicense: Expat\n ${terms}\n")
  file(WRITE "${folder}/changelog.Debian"
    "reprise (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
    "  * Version ${CPACK_PACKAGE_VERSION}; CHANGELOG.md in reprise-doc says what is new.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  file(GLOB_RECURSE pages "${root}/share/man/*.[1-9]")
  run("${GZIP}" -9nf "${folder}/changelog.Debian" ${pages})
  set(overrides "${source}/packaging/debian/${package}.lintian-overrides")
  if(EXISTS "${overrides}")
    configure_file("${overrides}" "${root}/share/lintian/overrides/${package}" COPYONLY)
  endif()
  file(GLOB programs "${root}/bin/*")
  foreach(program IN LISTS programs)
    run("${OBJCOPY}" --compress-debug-sections=zlib "${program}")
  endforeach()
  file(GLOB_RECURSE archives "${root}/lib*/*.a")
  foreach(archive IN LISTS archives)
    run("${STRIP}" --strip-debug --remove-section=.comment --enable-deterministic-archives
      "${archive}")
  endforeach()
  file(REMOVE "${root}/share/doc/reprise/LICENSE")  # `copyright` has it
endforeach()
