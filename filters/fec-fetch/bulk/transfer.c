/* transfer.c - one file from the server to the sink, through whatever happens on the way.
 *
 * What is hard is never to mix two versions of a file. Each response is judged by what it says of
 * its version, together with what is known from before: what the reader has seen, a copy that was
 * cut off, a whole copy, and the version that the user has noted.
 */
#include "fec-fetch/bulk/transfer.h"
#include "base/cli.h"
#include "fec-fetch/http/request.h"
#include "fec-fetch/http/url.h"
#include "base/progress.h"
#include "base/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void transfer_stats(struct transfer *transfer)
{
    stats_text("url", transfer->shown);
    stats_text("effective_url", "");
    stats_count("http_status", &transfer->status);
    stats_text("etag", "");
    stats_text("last_modified", "");
    stats_text("length", "");
    stats_count("bytes", &transfer->sink->written);
    stats_count("retries", &transfer->retry.total);
    stats_count("resumed", &transfer->resumed);
    stats_count("not_modified", &transfer->not_modified);
    stats_count("from_copy", &transfer->from_copy);
}

/* Notes which version is being read. */
static void note_version(struct transfer *transfer, const struct validators *version)
{
    transfer->is = *version;
    stats_text("etag", version->etag);
    stats_text("last_modified", version->last_modified);
    stats_text("length", validators_length_text(version));
}

static _Noreturn void die_changed(const struct transfer *transfer, const char *how)
{
    die(EX_TEMPFAIL, "%s: changed at the server while it was read, at byte %" PRIu64 " (%s)",
        transfer->shown, transfer->sink->accepted, how);
}

/* True if the user has this version already. */
static bool is_known(struct transfer *transfer, const struct validators *version)
{
    if (transfer->known == NULL || !validators_same(transfer->known, version))
        return false;
    transfer->not_modified = 1;
    note_version(transfer, version);
    return true;
}

/* The whole copy is of the server's version, so it is passed on instead. */
static void pass_copy(struct transfer *transfer)
{
    struct copy *copy = transfer->copy;
    transfer->from_copy = 1;
    note_version(transfer, &copy->whole);
    copy_forget_part(copy);
    transfer->sink->reading_copy = true;
    sink_take_file(transfer->sink, copy->whole_fd, copy->path, (uint64_t)copy->whole.length);
}

/* A response that begins with the first byte of the file, when nothing has been passed on yet.
 * Returns false if its body is not wanted. */
static bool begin_file(struct transfer *transfer, const struct validators *version)
{
    struct copy *copy = transfer->copy;
    transfer->skip = 0;
    if (is_known(transfer, version))
        return false;
    if (copy != NULL && copy->is_whole && validators_same(&copy->whole, version)) {
        pass_copy(transfer);
        return false;
    }
    note_version(transfer, version);
    if (copy != NULL)
        copy_start_over(copy, version);
    return true;
}

/* The whole file in response to a request for its rest: good only if the server does not know
 * ranges and this is the same file. */
static bool begin_again(struct transfer *transfer, const struct validators *version)
{
    if (!validators_identical(&transfer->is, version))
        die_changed(transfer, "the server sends another version");
    transfer->skip = transfer->sink->accepted;
    transfer->resumed++;
    return true;
}

/* The rest of a file. */
static bool begin_rest(struct transfer *transfer, const struct response *response)
{
    const struct validators *version = &response->is;
    bool resuming = transfer->sink->accepted == 0;
    const struct validators *mine = resuming ? &transfer->copy->part : &transfer->is;
    bool agrees = response->has_range && response->range_start == transfer->asked_from &&
                  !validators_differ(mine, version);
    transfer->skip = 0;
    if (!agrees && resuming) {
        copy_forget_part(transfer->copy);
        return false;
    }
    if (!agrees)
        die_changed(transfer, "the server's range is not of this file");
    if (resuming) {
        struct validators whole = *mine;
        if (whole.length < 0)
            whole.length = version->length;
        if (is_known(transfer, &whole))
            return false;
        note_version(transfer, &whole);
        copy_resume(transfer->copy);
        sink_take_file(transfer->sink, transfer->copy->part_fd, transfer->copy->part_path,
                       transfer->copy->part_length);
    }
    if (transfer->is.length < 0 && version->length >= 0)
        transfer->is.length = version->length;
    transfer->resumed++;
    return true;
}

static bool begin(void *context, const struct response *response)
{
    struct transfer *transfer = context;
    bool wanted;
    transfer->status = response->status;
    stats_text("effective_url", response->effective);
    transfer->sink->is_html = response->is_html;
    if (response->status == 206 && transfer->asked_from == 0)
        die(EX_UNAVAILABLE, "%s: the server sends a part where the whole file was asked for",
            transfer->shown);
    if (response->status == 206)
        wanted = begin_rest(transfer, response);
    else if (transfer->sink->accepted > 0)
        wanted = begin_again(transfer, &response->is);
    else
        wanted = begin_file(transfer, &response->is);
    if (wanted && !transfer->progress_shown) {
        progress_start(transfer->shown,
                       transfer->is.length > 0 ? (uint64_t)transfer->is.length : 0);
        transfer->progress_shown = true;
    }
    return wanted;
}

static bool body(void *context, const char *bytes, size_t length)
{
    struct transfer *transfer = context;
    size_t skipped = transfer->skip < length ? (size_t)transfer->skip : length;
    transfer->skip -= skipped;
    bytes += skipped;
    length -= skipped;
    if (transfer->is.length >= 0 &&
        length > (uint64_t)transfer->is.length - transfer->sink->accepted)
        die(EX_DATAERR, "%s: sends more than the %" PRId64 " bytes that it announced",
            transfer->shown, transfer->is.length);
    if (length > 0) {
        sink_take(transfer->sink, bytes, length);
        progress_at(transfer->sink->accepted, 0);
    }
    return true;
}

/* If-None-Match where there is an ETag, else If-Modified-Since (RFC 9110, section 13.1.3: a server
 * that gets both ignores the latter). */
static void ask_unless(struct request *request, const struct validators *version)
{
    if (version->etag[0] != '\0')
        request_header(request, "If-None-Match: %s", version->etag);
    else if (version->last_modified[0] != '\0')
        request_header(request, "If-Modified-Since: %s", version->last_modified);
}

static void ask_from(struct transfer *transfer, struct request *request, uint64_t offset,
                     const struct validators *version)
{
    transfer->asked_from = offset;
    request_header(request, "Range: bytes=%" PRIu64 "-", offset);
    request_header(request, "If-Range: %s", validators_if_range(version));
}

/* The headers that say what we have. Of a request with If-None-Match and Range a server looks at
 * the former first (RFC 9110, section 13.2.2), so one request serves a whole copy of one version
 * and a part of another. */
static void add_conditions(struct transfer *transfer, struct request *request)
{
    const struct copy *copy = transfer->copy;
    transfer->asked_from = 0;
    if (transfer->sink->accepted > 0) {
        ask_from(transfer, request, transfer->sink->accepted, &transfer->is);
        return;
    }
    if (copy != NULL && copy->is_whole)
        ask_unless(request, &copy->whole);
    else if (transfer->known != NULL)
        ask_unless(request, transfer->known);
    if (copy != NULL && copy->part_length > 0)
        ask_from(transfer, request, copy->part_length, &copy->part);
}

/* 304: the version that we asked about is current; that is the whole copy if there is one. Returns
 * false if we had not asked. */
static bool take_not_modified(struct transfer *transfer)
{
    struct copy *copy = transfer->copy;
    bool whole = copy != NULL && copy->is_whole;
    if (transfer->sink->accepted > 0)
        return false;
    if (whole && !is_known(transfer, &copy->whole))
        pass_copy(transfer);
    else if (!whole && transfer->known != NULL)
        return is_known(transfer, transfer->known);
    return whole;
}

/* Ends the program after a status that means no. */
static _Noreturn void die_refused(const struct response *response)
{
    uint64_t status = response->status;
    bool missing = status == 403 || status == 404 || status == 410;
    die(missing ? EX_NOINPUT : EX_UNAVAILABLE, "%s: the server responds with status %" PRIu64 "%s",
        response->effective, status,
        status == 404 || status == 410 ? ", the file does not exist" : "");
}

/* Waits until the request may be sent again. What has come is passed on first, so that it is not
 * lost if this was the last retry. */
static void wait_to_retry(struct transfer *transfer, const struct response *response,
                          const char *reason)
{
    char status[40];
    if (reason == NULL) {
        snprintf(status, sizeof status, "status %" PRIu64, response->status);
        reason = status;
    }
    progress_end();
    sink_flush(transfer->sink);
    sink_pause(transfer->sink,
               retry_after_failure(&transfer->retry, transfer->shown, reason,
                                   transfer->sink->accepted, response->retry_after));
}

/* After a break in the middle, the transfer can continue only if this version can be asked for. */
static void check_resumable(const struct transfer *transfer, const char *reason)
{
    if (transfer->sink->accepted > 0 && validators_if_range(&transfer->is) == NULL)
        die(EX_TEMPFAIL,
            "%s: %s at byte %" PRIu64 ", and the server gives neither ETag nor Last-Modified by "
            "which to resume",
            transfer->shown, reason, transfer->sink->accepted);
}

/* After a response, with a body or without: true if the file is complete. */
static bool is_complete(const struct transfer *transfer)
{
    return transfer->is.length < 0 ? transfer->skip == 0
                                   : transfer->sink->accepted == (uint64_t)transfer->is.length;
}

/* A local file could have been written to while it was read. And libcurl takes a read error of the
 * disk for the end of the file. */
static void check_local(struct transfer *transfer)
{
    struct response response;
    struct request request = {.url = transfer->url, .only_ask = true};
    if (request_perform(&request, &response) != REQUEST_COMPLETE ||
        !validators_identical(&transfer->is, &response.is))
        die(EX_TEMPFAIL, "%s: changed while it was read", transfer->shown);
    if (!is_complete(transfer))
        die(EX_IOERR, "%s: cannot be read beyond byte %" PRIu64 " of %" PRId64, transfer->shown,
            transfer->sink->accepted, transfer->is.length);
}

/* One request for the file, or for its rest. Returns true if all has come, false to ask again. */
static bool fetch_some(struct transfer *transfer)
{
    struct response response;
    struct request request = {
        .url = transfer->url, .begin = begin, .body = body, .context = transfer};
    add_conditions(transfer, &request);
    bool has_range = transfer->asked_from > 0, at_start = transfer->sink->accepted == 0;
    enum request_end end = request_perform(&request, &response);
    transfer->status = response.status;
    stats_text("effective_url", response.effective);

    if (end == REQUEST_STOPPED)
        return transfer->not_modified || transfer->from_copy;
    if (end == REQUEST_BROKEN) {
        check_resumable(transfer, response.reason);
        wait_to_retry(transfer, &response, response.reason);
        return false;
    }
    if (retry_status(response.status)) {
        wait_to_retry(transfer, &response, NULL);
        return false;
    }
    if (response.status == 304 && take_not_modified(transfer))
        return true;
    if (has_range && (response.status == 412 || response.status == 416)) {
        if (!at_start)
            die_changed(transfer, response.status == 416 ? "status 416, it has become shorter"
                                                         : "status 412");
        copy_forget_part(transfer->copy);
        return false;
    }
    if (url_is_local(transfer->url)) {
        check_local(transfer);
        return true;
    }
    if (response.status != 200 && response.status != 206)
        die_refused(&response);
    if (is_complete(transfer))
        return true;
    check_resumable(transfer, "the body was cut");
    wait_to_retry(transfer, &response, "the body was cut");
    return false;
}

void transfer_file(struct transfer *transfer)
{
    while (!fetch_some(transfer))
        ;
    progress_end();
    if (transfer->not_modified)
        return;
    sink_close(transfer->sink);
    struct validators whole = transfer->is;
    whole.length = (int64_t)transfer->sink->accepted;
    note_version(transfer, &whole);
}

const char *transfer_ask(struct transfer *transfer)
{
    struct response response;
    for (;;) {
        struct request request = {.url = transfer->url, .only_ask = true};
        enum request_end end = request_perform(&request, &response);
        transfer->status = response.status;
        if (end == REQUEST_COMPLETE && !retry_status(response.status))
            break;
        wait_to_retry(transfer, &response, end == REQUEST_BROKEN ? response.reason : NULL);
    }
    if (response.status != 200 && !url_is_local(transfer->url))
        die_refused(&response);
    if (response.is_html)
        die(EX_DATAERR, "%s: this is an HTML page (by its Content-Type)", response.effective);
    note_version(transfer, &response.is);
    stats_text("effective_url", response.effective);
    return response.effective;
}
