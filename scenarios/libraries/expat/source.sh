# The sources of Expat, to be compiled with the store watch.
# shellcheck shell=sh disable=SC2034
source='expat=2.5.0-1+deb12u2'
files='expat/lib/xmlparse.c expat/lib/xmltok.c expat/lib/xmlrole.c'
flags='-Iexpat/lib -DXML_NS -DXML_DTD -DXML_CONTEXT_BYTES=1024 -DHAVE_GETRANDOM'
