# The sources of zlib, to be compiled with the store watch.
# shellcheck shell=sh disable=SC2034
source='zlib=1:1.2.13.dfsg-1'
files='adler32.c crc32.c deflate.c inffast.c inflate.c inftrees.c trees.c zutil.c'
flags='-I.'
