# Libraries that bring no CMake package, as targets: reprise_system::dw, ::uring, ::xxhash. Read by our
# own build and by find_package(reprise); a library that is missing is an error where it is linked.
foreach(library dw uring xxhash)
  if(TARGET reprise_system::${library})
    continue()
  endif()
  find_library(REPRISE_${library}_LIBRARY ${library})
  mark_as_advanced(REPRISE_${library}_LIBRARY)
  if(REPRISE_${library}_LIBRARY)
    add_library(reprise_system::${library} UNKNOWN IMPORTED)
    set_target_properties(reprise_system::${library} PROPERTIES
      IMPORTED_LOCATION "${REPRISE_${library}_LIBRARY}")
  endif()
endforeach()
