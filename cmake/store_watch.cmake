# reprise_watch_stores(TARGET): compiles TARGET so that the store watch sees its stores, with nothing
# to annotate. -fsanitize=thread is for compiling only: Reprise supplies the functions that it calls,
# and the sanitizer's own runtime is not linked. It cannot be combined with another sanitizer.
function(reprise_watch_stores target)
  target_compile_options(${target} PRIVATE -fsanitize=thread
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>")
endfunction()
