# The sources of nghttp2, to be compiled with the store watch. The header with the version, which its
# build makes, is that of the installed package.
# shellcheck shell=sh disable=SC2034
source='nghttp2=1.52.0-1+deb12u3'
files='lib/*.c'
flags='-Ilib/includes -Ilib -DNGHTTP2_STATICLIB -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H -DHAVE_CLOCK_GETTIME -DHAVE_TIME_H'
