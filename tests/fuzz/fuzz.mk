# fuzz.mk - how the fuzz targets are built and run: README.md has more.
#
# Two kinds of the programs, by clang with libFuzzer: fuzz as they are, fuzz-small with buffers of
# 512 bytes. Any other kind with sanitizers can run the kept test cases.

FUZZ_TARGETS = unzip lines csv json dictionary dedupe load api ledger bulk
ifneq ($(filter fuzz fuzz-small,$(KIND)),)
CC = clang
FUZZ_LINK = -fsanitize=fuzzer -larchive
override CPPFLAGS += -DFUZZ_WITH_LIBFUZZER -DFUZZ_WITH_LIBARCHIVE
# What is not of the program need not guide the fuzzer, nor be slow.
$(BUILD)/tests/fuzz/%.o: override CFLAGS = -O2 -g $(filter -D%,$(CFLAGS_$(KIND)))
endif

# The program of a target, what the target has beside its own file, and which objects of the program
# it replaces.
FUZZ_PROGRAM_unzip = fec-unzip
FUZZ_WITHOUT_unzip = fec-unzip/crc.o
FUZZ_PROGRAM_lines = fec-parse
FUZZ_PARTS_lines = parse reference value
FUZZ_PROGRAM_csv = fec-parse
FUZZ_PARTS_csv = parse reference value
FUZZ_PROGRAM_json = fec-parse
FUZZ_PARTS_json = parse reference value
FUZZ_PROGRAM_dictionary = fec-parse
FUZZ_PARTS_dictionary = reference value
FUZZ_PROGRAM_dedupe = fec-dedupe
FUZZ_PARTS_dedupe = value
FUZZ_PROGRAM_load = pg-load
FUZZ_PARTS_load = fake_pq
FUZZ_PROGRAM_api = fec-fetch
FUZZ_PARTS_api = fake_curl
FUZZ_PROGRAM_ledger = fec-fetch
FUZZ_PARTS_ledger = fake_curl
FUZZ_PROGRAM_bulk = fec-fetch
FUZZ_PARTS_bulk = fake_curl

FUZZ_HARNESS = main world streams state check
FUZZ_SECTIONS = .data .data.rel .data.rel.local
fuzz_objects = $(patsubst %,$(BUILD)/tests/fuzz/%.o,$1 $(FUZZ_HARNESS) $(FUZZ_PARTS_$1)) \
	$(patsubst $(BUILD)/%,$(BUILD)/fuzzed/%,$(filter-out \
	$(patsubst %,$(BUILD)/filters/%,base/random.o $(FUZZ_WITHOUT_$1)), \
	$(call objects_of,$(FUZZ_PROGRAM_$1)) $(SHARED)))
FUZZERS = $(FUZZ_TARGETS:%=$(BIN)/fuzz-%)
