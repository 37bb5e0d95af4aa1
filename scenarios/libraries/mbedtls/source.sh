# The sources of mbedTLS, to be compiled with the store watch.
# shellcheck shell=sh disable=SC2034
source='mbedtls=2.28.3-1'
files='library/*.c'
flags='-Iinclude'
