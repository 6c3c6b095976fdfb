# fecpipe.rb - a formula for Homebrew. Nobody has tried it yet; it was only read. The address and
# the checksum are those of the file that `make dist` makes, where it is published.
class Fecpipe < Formula
  desc "Keeps a PostgreSQL database equal to the FEC's campaign finance data"
  homepage "https://example.org/fecpipe"
  url "https://example.org/fecpipe/fecpipe-0.2.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "ISC"

  depends_on "bash"
  depends_on "curl"
  depends_on "isa-l"
  depends_on "jansson"
  depends_on "libcsv"
  depends_on "postgresql@17"
  depends_on "xxhash"

  uses_from_macos "zlib"

  on_macos do
    depends_on "flock"
  end

  def install
    args = ["PREFIX=#{prefix}", "CC=#{ENV.cc}",
            "PG_CONFIG=#{Formula["postgresql@17"].opt_bin}/pg_config",
            "BASH_COMPLETIONS=#{bash_completion}", "ZSH_COMPLETIONS=#{zsh_completion}"]
    # The flags of hardening are those of the linker of Linux.
    args << "HARDENING=no" if OS.mac?
    system "make", "install", *args
    # The driver finds psql and the server by these.
    inreplace bin/"pipeline.sh", "set -u -o pipefail", <<~SHELL
      PATH=#{Formula["postgresql@17"].opt_bin}:#{Formula["bash"].opt_bin}:$PATH
      set -u -o pipefail
    SHELL
  end

  test do
    ENV["FEC_HOME"] = testpath/"home"
    assert_match version.to_s, shell_output("#{bin}/fec-unzip --version")
    assert_match "MONTHLY RECONCILIATION COMPLETE", shell_output("#{bin}/pipeline.sh demo --rows 100")
  end
end
