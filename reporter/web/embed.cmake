# SPDX-License-Identifier: Apache-2.0
#
# cmake -D OUT=<file.c> -D FROM=<folder> -D FILES=<a,b,...> -P embed.cmake
#
# A file from elsewhere is <name>=<path>.  Pages (*.html) are put into frame.html:
# what comes before their <main> into its head.  Writes the files as C arrays and
# a table of them (assets.h).
file(READ "${FROM}/frame.html" frame)
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

string(REPLACE "," ";" FILES "${FILES}")
set(arrays "")
set(rows "")
set(number 0)
foreach(name IN LISTS FILES)
  set(path "${FROM}/${name}")
  if(name MATCHES "^([^=]+)=(.+)$")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
  endif()
  if(name MATCHES "\\.html$")
    file(READ "${path}" page)
    string(FIND "${page}" "<main" at)
    string(SUBSTRING "${page}" 0 ${at} head)
    string(SUBSTRING "${page}" ${at} -1 main)
    string(REPLACE "@HEAD@" "${head}" page "${frame}")
    string(REPLACE "@MAIN@" "${main}" page "${page}")
    string(HEX "${page}" hex)
  else()
    file(READ "${path}" hex HEX)
  endif()
  string(LENGTH "${hex}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  # Lines of sixteen bytes, so that compilers and people can read it.
  string(REPEAT "0x..," 16 sixteen)
  string(REGEX REPLACE "(${sixteen})" "\\1\n    " bytes "${bytes}")
  cmake_path(GET name EXTENSION LAST_ONLY extension)
  string(SUBSTRING "${extension}" 1 -1 extension)
  string(APPEND arrays
         "static const uint8_t bytes_${number}[] = {\n    ${bytes}};\n")
  string(APPEND rows
         "    {\"${name}\", \"${type_${extension}}\", bytes_${number}, ${length}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUT}"
"// Written by embed.cmake.
#include \"reporter/web/assets.h\"

${arrays}
const struct asset assets[] = {
${rows}};
const size_t asset_count = ${number};
")
