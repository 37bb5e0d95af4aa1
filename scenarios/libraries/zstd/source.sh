# The sources of zstd, to be compiled with the store watch.
# shellcheck shell=sh disable=SC2034
source='libzstd=1.5.4+dfsg2-5'
files='lib/common/*.c lib/compress/*.c lib/decompress/*.c'
flags='-Ilib -DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0'
