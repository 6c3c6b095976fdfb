# Makefile of fecpipe; `make help` lists what it can do.

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
BUILD = build
BIN = bin

PROGRAMS = fec-fetch fec-unzip fec-parse fec-dedupe pg-load
LIB = $(patsubst filters/lib/%.c,$(BUILD)/lib/%.o,$(wildcard filters/lib/*.c))

PG_CONFIG = pg_config
CPPFLAGS_ALL = -std=c11 -D_POSIX_C_SOURCE=200809L -DFECPIPE_VERSION='"$(VERSION)"' \
	-Ifilters/lib -I$(shell $(PG_CONFIG) --includedir) $(CPPFLAGS)
LDFLAGS_ALL = -L$(shell $(PG_CONFIG) --libdir) $(LDFLAGS)

LIBS_fec-fetch = -lcurl
LIBS_fec-unzip = -lz
LIBS_fec-parse = -lcsv -lxxhash
LIBS_fec-dedupe = -lxxhash
LIBS_pg-load = -lpq

all: $(PROGRAMS:%=$(BIN)/%)

$(BIN)/%: $(BUILD)/%.o $(BUILD)/libfec.a
	@mkdir -p $(BIN)
	$(CC) $(CFLAGS) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_$*)

$(BUILD)/libfec.a: $(LIB)
	@rm -f $@
	$(AR) rc $@ $^

$(BUILD)/%.o: filters/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARNINGS) $(CPPFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(wildcard $(BUILD)/*.d $(BUILD)/lib/*.d)

clean:
	rm -rf $(BUILD) $(BIN)

.PHONY: all clean
.PRECIOUS: $(BUILD)/%.o
