# Makefile of fecpipe; `make help` lists what it can do. Works with GNU make.

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
BUILD = build
BIN = bin

PROGRAMS = fec-fetch fec-unzip fec-parse fec-dedupe pg-load
# A program is what its folder has, and what it takes of the two rooms that all share.
SHARED = $(patsubst %.c,$(BUILD)/%.o,$(wildcard filters/base/*.c filters/records/*.c))
objects_of = $(patsubst %.c,$(BUILD)/%.o,$(wildcard filters/$1/*.c filters/$1/*/*.c))
SAMPLE = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/sample/*.c))
# What a unit test looks into beside the shared rooms.
UNITS_TEST = $(BUILD)/filters/fec-dedupe/keytable.o $(BUILD)/filters/fec-parse/fields.o
MANUAL = $(wildcard man/*.1 man/*.5)
# Folders with what the driver reads at run time.
ROOMS = $(sort $(patsubst %/,%,$(dir $(wildcard driver/*.sh driver/*/*.sh sql/*/*.sql))))

PG_CONFIG = pg_config
# Expanded when a file is compiled, not before: `make deps` must work where pg_config is missing.
CPPFLAGS_ALL = -std=c11 -D_POSIX_C_SOURCE=200809L -DFECPIPE_VERSION='"$(VERSION)"' \
	-Ifilters -I$(shell $(PG_CONFIG) --includedir) $(CPPFLAGS)
LDFLAGS_ALL = -L$(shell $(PG_CONFIG) --libdir) $(LDFLAGS)

LIBS_fec-fetch = -lcurl -ljansson
LIBS_fec-unzip = -lz
LIBS_fec-parse = -lcsv -ljansson -lxxhash
LIBS_fec-dedupe = -lxxhash
LIBS_pg-load = -lpq

# What `make check` builds once more, to find what goes wrong in silence.
SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

all: $(PROGRAMS:%=$(BIN)/%) $(BIN)/fec-sample

.SECONDEXPANSION:
$(PROGRAMS:%=$(BIN)/%): $(BIN)/%: $$(call objects_of,$$*) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_$*)

# The generator of made-up data, for the demo, the tests and the benchmark.
$(BIN)/fec-sample: $(SAMPLE) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_ALL) -o $@ $^ -lz

$(BIN)/unit-%: $(BUILD)/tests/unit/%.o $(UNITS_TEST) $(BUILD)/libfec.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS_ALL) -o $@ $^ -lxxhash

$(BUILD)/libfec.a: $(SHARED)
	@rm -f $@
	$(AR) rc $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARNINGS) $(CPPFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

UNITS = $(patsubst tests/unit/%.c,$(BIN)/unit-%,$(wildcard tests/unit/*.c))

tests: all $(UNITS)

# Installs what is missing: libraries and compiler, PostgreSQL, what the tests use.
deps:
	./make/deps.sh build run check

# A newcomer's first command.
run:
	./make/deps.sh build run
	$(MAKE) all
	./make/run.sh

# A newcomer's second command: everything that is tested, once as it is and once with sanitizers.
check:
	./make/deps.sh build run check
	$(MAKE) tests
	$(MAKE) tests BUILD=$(BUILD)/sanitized BIN=$(BUILD)/sanitized/bin \
		CFLAGS='$(SANITIZE)' LDFLAGS='$(SANITIZE) $(LDFLAGS)'
	tests/run-all $(BIN) $(BUILD)/sanitized/bin

bench:
	./make/deps.sh build run bench
	$(MAKE) all
	tests/bench/bench

# Two years of months and days; not part of check, for it takes a while.
soak:
	./make/deps.sh build run check
	$(MAKE) all
	tests/soak/soak

demo: all
	./pipeline.sh demo

install: all
	install -d -m 755 $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/fecpipe \
		$(ROOMS:%=$(DESTDIR)$(PREFIX)/share/fecpipe/%) \
		$(DESTDIR)$(PREFIX)/share/doc/fecpipe \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 $(PROGRAMS:%=$(BIN)/%) pipeline.sh $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BIN)/fec-sample $(DESTDIR)$(PREFIX)/libexec/fecpipe
	for room in $(ROOMS); do \
		install -m 644 $$(find $$room -maxdepth 1 -type f) \
			$(DESTDIR)$(PREFIX)/share/fecpipe/$$room || exit; \
	done
	install -m 644 README.md CHANGELOG.md LICENSE pipeline.conf.example \
		$(DESTDIR)$(PREFIX)/share/doc/fecpipe
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5

uninstall:
	cd $(DESTDIR)$(PREFIX)/bin && rm -f $(PROGRAMS) pipeline.sh
	cd $(DESTDIR)$(PREFIX)/share/man && rm -f $(patsubst man/%.1,man1/%.1,$(wildcard man/*.1)) \
		$(patsubst man/%.5,man5/%.5,$(wildcard man/*.5))
	rm -rf $(DESTDIR)$(PREFIX)/libexec/fecpipe $(DESTDIR)$(PREFIX)/share/fecpipe \
		$(DESTDIR)$(PREFIX)/share/doc/fecpipe

clean:
	rm -rf $(BUILD) $(BIN)

help:
	@echo 'make            build the programs in bin/'
	@echo 'make deps       install what is needed to build, run and check (Debian, Ubuntu)'
	@echo 'make run        deps, build, and the monthly reconciliation of the current cycle'
	@echo 'make check      deps, build, and all tests'
	@echo 'make demo       the monthly reconciliation of two months of made-up data'
	@echo 'make bench      measure speed and memory against other programs (some 20 minutes)'
	@echo 'make soak       two years of monthly and daily runs on made-up data (some 20 minutes)'
	@echo 'make install    install below PREFIX ($(PREFIX)), DESTDIR before it'
	@echo 'make uninstall  take that away again'
	@echo 'make clean      remove what was built'

.PHONY: all tests deps run check bench soak demo install uninstall clean help
.SECONDARY:
