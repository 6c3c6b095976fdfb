# Makefile of fecpipe; `make help` lists what it can do. Works with GNU make.

VERSION = 0.2.0
PREFIX = /usr/local
DESTDIR =
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
PG_CONFIG = pg_config
# Where completions of commands are looked for.
BASH_COMPLETIONS = $(PREFIX)/share/bash-completion/completions
ZSH_COMPLETIONS = $(PREFIX)/share/zsh/site-functions

# What makes an error in the programs harder to use for an attack, at next to no cost in speed:
# `make bench` measures it. `make HARDENING=no` leaves it out. Sanitizers see more, and go without.
HARDENING = yes
HARDEN_COMPILE_yes = -fstack-protector-strong -fPIE \
	$(if $(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN_LINK_yes = -pie -Wl,-z,relro -Wl,-z,now

# The same programs can be built in four ways, each in a folder of its own: `make KIND=debug ...`.
KIND =
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_debug = -O0 -g3 $(SANITIZERS)
CFLAGS_sanitized = -O1 -g $(SANITIZERS)
CFLAGS_coverage = -O0 -g --coverage
FUZZ_SANITIZERS = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CFLAGS_fuzz = -O1 -g $(FUZZ_SANITIZERS) -fno-omit-frame-pointer
CFLAGS_fuzz-small = $(CFLAGS_fuzz) -DFEC_SMALL_BUFFERS=512
ifeq ($(KIND),)
BUILD = build
BIN = bin
else ifneq ($(CFLAGS_$(KIND)),)
BUILD = build/$(KIND)
BIN = $(BUILD)/bin
override CFLAGS = $(CFLAGS_$(KIND))
override HARDENING = no
else
$(error KIND is debug, sanitized, coverage, fuzz or fuzz-small, or is not set)
endif

-include tests/fuzz/fuzz.mk

PROGRAMS = fec-fetch fec-unzip fec-parse fec-dedupe pg-load
# A program is its own folder, and what it uses of the two rooms that all programs share.
SHARED = $(patsubst %.c,$(BUILD)/%.o,$(wildcard filters/base/*.c filters/records/*.c))
objects_of = $(patsubst %.c,$(BUILD)/%.o,$(wildcard filters/$1/*.c filters/$1/*/*.c))
SAMPLE = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/sample/*.c))
# Each file in tests/unit is a program; these objects are linked to it beside the shared rooms.
UNITS = $(patsubst tests/unit/%.c,$(BIN)/unit-%,$(wildcard tests/unit/*.c))
UNITS_TEST = $(BUILD)/filters/fec-dedupe/keytable.o $(BUILD)/filters/fec-parse/fields.o

# What fec-unzip inflates with: isal (Intel's ISA-L, three times as fast) if it is there, else zlib;
# or as it is said: `make INFLATE=zlib`. With isal a second program of zlib is built for the tests.
INFLATE := $(shell printf '\043include <isa-l.h>\nint main(void) { return isal_inflate(0); }' | \
	$(CC) $(CPPFLAGS) -x c - $(LDFLAGS) -lisal -o /dev/null 2>/dev/null && echo isal || echo zlib)
INFLATE_isal = -DFEC_INFLATE_ISAL
LIBS_isal = -lisal
LIBS_zlib = -lz
ifneq ($(filter-out isal zlib,$(INFLATE)),)
$(error INFLATE is isal or zlib)
endif
OTHER_UNZIP = $(if $(filter isal,$(INFLATE)),$(BIN)/fec-unzip-zlib)

LIBS_fec-fetch = -lcurl -ljansson
LIBS_fec-unzip = $(LIBS_$(INFLATE))
LIBS_fec-parse = -lcsv -ljansson -lxxhash
LIBS_fec-dedupe = -lxxhash
LIBS_pg-load = -lpq

# Expanded when a file is compiled, not before: `make deps` must work where pg_config is missing.
COMPILE = $(CC) -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-DFECPIPE_VERSION='"$(VERSION)"' -Ifilters -I$(shell $(PG_CONFIG) --includedir) \
	$(HARDEN_COMPILE_$(HARDENING)) $(CPPFLAGS) $(CFLAGS) $(WARNINGS)
LINK = $(CC) $(CFLAGS) $(HARDEN_LINK_$(HARDENING)) -L$(shell $(PG_CONFIG) --libdir) $(LDFLAGS)

# --- building

all: $(PROGRAMS:%=$(BIN)/%) $(BIN)/fec-sample

tests: all $(UNITS) $(OTHER_UNZIP)

.SECONDEXPANSION:
$(PROGRAMS:%=$(BIN)/%): $(BIN)/%: $$(call objects_of,$$*) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS_$*)

UNZIP_ZLIB = $(patsubst $(BUILD)/%,$(BUILD)/zlib/%,$(call objects_of,fec-unzip))
$(BIN)/fec-unzip-zlib: $(UNZIP_ZLIB) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS_zlib)

# The generator of made-up data, for the demo, the tests and the benchmark.
$(BIN)/fec-sample: $(SAMPLE) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ -lz

$(BIN)/unit-%: $(BUILD)/tests/unit/%.o $(UNITS_TEST) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ -lxxhash

# A fuzz target calls the program's main, with its calls of libc and its data renamed.
$(FUZZERS): $(BIN)/fuzz-%: $$(call fuzz_objects,$$*)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS_$(FUZZ_PROGRAM_$*)) $(FUZZ_LINK)

$(BUILD)/fuzzed/%.o: $(BUILD)/%.o tests/fuzz/symbols
	@mkdir -p $(@D)
	objcopy --redefine-syms=tests/fuzz/symbols $(FUZZ_SECTIONS:%=--rename-section %=fec_data) \
		--rename-section .bss=fec_bss,alloc,load,data,contents $< $@

$(BUILD)/libfec.a: $(SHARED)
	@rm -f $@
	$(AR) rc $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(INFLATE_$(INFLATE)) -MMD -MP -c -o $@ $<

$(BUILD)/zlib/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# The compiler and its flags, as they were last time. The file is only written when they change, and
# then everything is built again. That is also the moment to look whether the libraries are there.
$(BUILD)/flags: export FLAGS = $(COMPILE) $(LINK) $(INFLATE)
$(BUILD)/flags: always
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || { CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' \
		PG_CONFIG='$(PG_CONFIG)' ./make/deps.sh --check build && \
		mkdir -p $(@D) && printf '%s\n' "$$FLAGS" >$@; }

-include $(shell find $(BUILD)/filters $(BUILD)/tests $(BUILD)/zlib -name '*.d' 2>/dev/null)

# Without optimization and with sanitizers, for a debugger: programs in build/debug/bin.
debug:
	$(MAKE) KIND=debug tests

# --- running and testing

# Installs what is missing: libraries and compiler, PostgreSQL, what the tests use.
deps:
	./make/deps.sh build faster run check

# A newcomer's first command.
run:
	./make/deps.sh build faster run
	$(MAKE) all
	./make/run.sh

demo: all
	./pipeline.sh demo

# A newcomer's second command: all tests, those of the programs also with sanitizers.
check:
	./make/deps.sh build faster run check
	$(MAKE) tests
	$(MAKE) KIND=sanitized tests
	tests/run-all bin build/sanitized/bin

# One test or one room of tests: `make tests/filters/unzip.t`, `make tests/filters`. With KIND=debug
# or KIND=sanitized the programs that are tested have sanitizers.
TEST_FILES = $(wildcard tests/*.t tests/*/*.t)
TEST_ROOMS = $(filter-out tests,$(sort $(patsubst %/,%,$(dir $(TEST_FILES)))))
$(TEST_FILES) $(TEST_ROOMS): tests
	tests/run $(if $(findstring -fsanitize,$(CFLAGS)),--sanitized) $(BIN) $@

# Which lines the tests run: a table by file, and pages of HTML with every line.
COVERAGE_TESTS = tests/unit tests/filters
coverage:
	./make/deps.sh build faster run check coverage
	$(MAKE) KIND=coverage tests
	find build/coverage -name '*.gcda' -exec rm -f {} +
	-tests/run build/coverage/bin $(COVERAGE_TESTS)
	@mkdir -p build/coverage/html
	gcovr --root . --filter filters/ --txt build/coverage/table --print-summary \
		--html-details build/coverage/html/index.html build/coverage
	@cat build/coverage/table
	@echo 'build/coverage/html/index.html shows every line'

bench:
	./make/deps.sh build faster run bench
	$(MAKE) all
	tests/bench/bench

# Two years of months and days; not part of check because it takes a while.
soak:
	./make/deps.sh build faster run check
	$(MAKE) all
	tests/soak/soak
	FEC_NIGHTS=2000 prove tests/driver/nights.t

# Makes up input for the programs, for a time or a number of runs; tests/fuzz/README.md has more.
SECONDS = 60
RUNS = 0
TARGET = $(FUZZ_TARGETS)
fuzz:
	./make/deps.sh build faster fuzz
	$(MAKE) KIND=fuzz $(TARGET:%=build/fuzz/bin/fuzz-%)
	$(MAKE) KIND=fuzz-small $(TARGET:%=build/fuzz-small/bin/fuzz-%)
	tests/fuzz/run $(SECONDS) $(RUNS) $(TARGET)

fuzzers: $(FUZZERS)

# The README's commands on fresh Debian systems in folders; needs root and debootstrap. One system
# and some of the tests: `make fresh-check SUITES=trixie TESTS='tests/unit tests/style.t'`.
SUITES = bookworm trixie
TESTS =
fresh-check: all
	TESTS='$(TESTS)' make/fresh-check.sh $(SUITES)

# Writes docs/data-dictionary.md from the comments in the schema; a test compares it.
dictionary: all
	./make/dictionary.sh

# --- installing and releasing

prefix = $(DESTDIR)$(PREFIX)
# Folders with files that the driver reads at run time.
ROOMS = $(sort $(patsubst %/,%,$(dir $(shell find driver sql -type f))))
install: all
	install -d -m 755 '$(prefix)/bin' '$(prefix)/libexec/fecpipe' \
		$(ROOMS:%='$(prefix)/share/fecpipe/%') '$(prefix)/share/doc/fecpipe/docs' \
		'$(prefix)/share/doc/fecpipe/docs/monitoring' \
		'$(prefix)/share/man/man1' '$(prefix)/share/man/man5'
	install -m 755 $(PROGRAMS:%=$(BIN)/%) pipeline.sh '$(prefix)/bin'
	install -m 755 $(BIN)/fec-sample '$(prefix)/libexec/fecpipe'
	for room in $(ROOMS); do \
		install -m 644 $$(find $$room -maxdepth 1 -type f) \
			'$(prefix)/share/fecpipe/'$$room || exit; \
	done
	install -m 644 README.md CHANGELOG.md LICENSE pipeline.conf.example \
		'$(prefix)/share/doc/fecpipe'
	install -m 644 docs/*.md '$(prefix)/share/doc/fecpipe/docs'
	install -m 644 docs/monitoring/* '$(prefix)/share/doc/fecpipe/docs/monitoring'
	install -m 644 man/*.1 '$(prefix)/share/man/man1'
	install -m 644 man/*.5 '$(prefix)/share/man/man5'
	./make/completion.sh '$(BIN)' '$(DESTDIR)$(BASH_COMPLETIONS)' '$(DESTDIR)$(ZSH_COMPLETIONS)'

uninstall:
	cd '$(prefix)/bin' && rm -f $(PROGRAMS) pipeline.sh
	cd '$(prefix)/share/man' && rm -f $(patsubst man/%.1,man1/%.1,$(wildcard man/*.1)) \
		$(patsubst man/%.5,man5/%.5,$(wildcard man/*.5))
	cd '$(DESTDIR)$(BASH_COMPLETIONS)' && rm -f $(PROGRAMS) pipeline.sh
	rm -f '$(DESTDIR)$(ZSH_COMPLETIONS)/_fecpipe'
	rm -rf '$(prefix)/libexec/fecpipe' '$(prefix)/share/fecpipe' '$(prefix)/share/doc/fecpipe'

# The tree as it was committed last, as one file that builds and checks without git.
DIST = fecpipe-$(VERSION)
dist:
	@mkdir -p build
	git archive --prefix=$(DIST)/ HEAD | gzip -n >build/$(DIST).tar.gz
	@echo build/$(DIST).tar.gz

# Unpacks that file, builds it and runs the quick tests there.
distcheck: dist
	rm -rf build/dist && mkdir build/dist && tar -xzf build/$(DIST).tar.gz -C build/dist
	$(MAKE) -C build/dist/$(DIST) tests/unit tests/filters/dedupe.t

# A package for Debian, in build/deb; and the same on fresh Debian systems, where it is installed,
# run, upgraded from the version before, and purged (needs root and debootstrap).
deb:
	./make/deb.sh
package-check: all
	make/package-check.sh $(SUITES)

clean:
	rm -rf build bin

help:
	@echo 'make            build the programs in bin/'
	@echo 'make deps       install what is needed to build, run and check (Debian, Ubuntu)'
	@echo 'make run        deps, build, and the monthly reconciliation of the current cycle'
	@echo 'make check      deps, build, and all tests'
	@echo 'make demo       the monthly reconciliation of two months of made-up data'
	@echo
	@echo 'make tests      build the programs and what the tests need'
	@echo 'make tests/filters/unzip.t   build, and run one test'
	@echo 'make tests/filters           build, and run the tests of one folder'
	@echo 'make debug      build without optimization and with sanitizers, in build/debug/bin'
	@echo 'make coverage   which lines the tests run: a table, and pages in build/coverage/html'
	@echo 'make bench      measure speed and memory against other programs (20 minutes)'
	@echo 'make fresh-check   run and check on fresh Debian systems in folders (as root, an hour)'
	@echo 'make soak       two years of runs, and 2,000 nights of an API that changes'
	@echo 'make fuzz       make up input for the programs: SECONDS=60 or RUNS=100000, TARGET=csv'
	@echo
	@echo 'make install    install below PREFIX ($(PREFIX)), DESTDIR before it'
	@echo 'make uninstall  remove what was installed'
	@echo 'make dictionary write docs/data-dictionary.md from the comments in the schema'
	@echo 'make dist       write build/$(DIST).tar.gz'
	@echo 'make distcheck  dist, and try that file'
	@echo 'make deb        a package for Debian, in build/deb'
	@echo 'make package-check   install, run, upgrade and purge it on fresh Debian systems (as root)'
	@echo 'make clean      remove what was built'
	@echo
	@echo 'INFLATE=zlib    fec-unzip without ISA-L'
	@echo 'HARDENING=no    without stack protector, _FORTIFY_SOURCE, PIE and read-only relocations'
	@echo 'KIND=debug, KIND=sanitized or KIND=coverage before or after a target: programs of that kind'

always:
.PHONY: all always tests debug deps run demo check coverage bench soak fuzz fuzzers fresh-check \
	install uninstall dictionary dist distcheck deb package-check clean help $(TEST_FILES) \
	$(TEST_ROOMS)
.SECONDARY:
