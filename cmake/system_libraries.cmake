# Libraries that bring no CMake package, as targets: reprise_system::dw, ::uring, ::xxhash. Read by our
# own build and by find_package(reprise); a library that is missing is an error where it is linked.
foreach(pair dw:elfutils/libdwfl.h uring:liburing.h xxhash:xxhash.h)
  string(REGEX MATCH "(.+):(.+)" matched "${pair}")
  set(library "${CMAKE_MATCH_1}")
  set(header "${CMAKE_MATCH_2}")
  if(TARGET reprise_system::${library})
    continue()
  endif()
  find_library(REPRISE_${library}_LIBRARY ${library})
  find_path(REPRISE_${library}_HEADERS ${header})
  mark_as_advanced(REPRISE_${library}_LIBRARY REPRISE_${library}_HEADERS)
  if(REPRISE_${library}_LIBRARY AND REPRISE_${library}_HEADERS)
    add_library(reprise_system::${library} UNKNOWN IMPORTED)
    set_target_properties(reprise_system::${library} PROPERTIES
      IMPORTED_LOCATION "${REPRISE_${library}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${REPRISE_${library}_HEADERS}")
  endif()
endforeach()
