# SPDX-License-Identifier: Apache-2.0
find_program(PROTOC_C protoc-c REQUIRED)

# add_protobuf_c_library(<target> <file.proto>...)
#
# A static library of generated C.  What links to it can include
# "<file>.pb-c.h"; nothing generated is written to the source tree, and our
# warnings do not apply to it.
function(add_protobuf_c_library target)
  set(out ${CMAKE_CURRENT_BINARY_DIR})
  set(generated)
  foreach(proto IN LISTS ARGN)
    cmake_path(GET proto STEM name)
    add_custom_command(
      OUTPUT ${out}/${name}.pb-c.c ${out}/${name}.pb-c.h
      COMMAND ${PROTOC_C} --proto_path=${CMAKE_CURRENT_SOURCE_DIR}
              --c_out=${out} ${proto}
      DEPENDS ${ARGN}
      COMMENT "Generating ${name}.pb-c.c"
      VERBATIM)
    list(APPEND generated ${out}/${name}.pb-c.c ${out}/${name}.pb-c.h)
  endforeach()
  add_library(${target} STATIC ${generated})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC PkgConfig::protobuf_c)
endfunction()
