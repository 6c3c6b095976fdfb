/* json.c - texts in JSON as Flask writes them, in ASCII
 *
 * What is hard is a character beyond 16 bits, which becomes two surrogates.
 */
#include "json.h"
#include "words.h"

/* The code point at `text`, of which `*size` bytes are. The sample's texts are valid UTF-8. */
static uint32_t code_point(const unsigned char *text, size_t *size)
{
    uint32_t first = text[0];
    *size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t code = *size == 1 ? first : first & (0x7fu >> *size);
    for (size_t i = 1; i < *size; i++)
        code = code << 6 | (text[i] & 0x3f);
    return code;
}

static char *put_unit(char *to, uint32_t unit)
{
    to = put_text(to, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        *to++ = "0123456789abcdef"[unit >> shift & 15];
    return to;
}

static char *put_code(char *to, uint32_t code)
{
    if (code >= 0x10000) {
        to = put_unit(to, 0xd800 + ((code - 0x10000) >> 10));
        return put_unit(to, 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    if (code == '\t')
        return put_text(to, "\\t");
    if (code < 0x20 || code >= 0x7f)
        return put_unit(to, code);
    if (code == '"' || code == '\\')
        *to++ = '\\';
    *to++ = (char)code;
    return to;
}

void json_text(struct output *output, const char *text, size_t length)
{
    /* A byte makes at most 6, and there are two quotation marks. */
    char *start = output_room(output, 6 * JSON_TEXT + 2), *to = start;
    *to++ = '"';
    for (size_t i = 0, size; i < length && i < JSON_TEXT; i += size)
        to = put_code(to, code_point((const unsigned char *)text + i, &size));
    *to++ = '"';
    output->used += (size_t)(to - start);
}

void json_text_or_null(struct output *output, const char *text, size_t length)
{
    if (length > 0)
        json_text(output, text, length);
    else
        output_text(output, "null");
}
