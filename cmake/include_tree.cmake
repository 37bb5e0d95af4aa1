# The build tree's <reprise/...>: links to the source folders, the same tree that install lays.
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include/reprise")
foreach(name core sim replay engines reprise.h sqlite_vfs.h)
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${name}" "${PROJECT_BINARY_DIR}/include/reprise/${name}"
    SYMBOLIC)
endforeach()
