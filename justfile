# A thin list of what ./dev does, for those who have just; nothing needs it.

set positional-arguments

alias b := build
alias r := run
alias t := test

# Show this list
default:
    @just --list

# Build, then run `reprise ARGS`; without ARGS, fuzz the built-in scenarios for ten seconds
[group('use')]
run *args:
    @./dev run "$@"

# Fuzz all scenarios for a long time (1h)
[group('use')]
soak *time:
    @./dev soak "$@"

# Build the program: build/reprise
[group('build')]
build:
    @./dev build

# Pack the sources of the last commit; `deb` makes Debian packages, too
[group('build')]
package *kind:
    @./dev package "$@"

# Install the Debian packages that are needed
[group('build')]
deps:
    @./dev deps

# Build everything and run all tests; ARGS go to ctest
[group('test')]
test *args:
    @./dev test "$@"

# The tests under AddressSanitizer and UndefinedBehaviorSanitizer
[group('test')]
asan *args:
    @./dev asan "$@"

# The tests, built with clang++
[group('test')]
clang *args:
    @./dev clang "$@"

# Run the benchmarks
[group('test')]
bench *args:
    @./dev bench "$@"

# Format all sources (--check only says what is not formatted)
[group('source')]
fmt *args:
    @./dev fmt "$@"

# clang-tidy over the sources
[group('source')]
lint *files:
    @./dev lint "$@"

# All that must hold before a merge
[group('source')]
ci:
    @./dev ci
