/* words.c - the made-up words of the sample: names of people, firms, towns, streets, committees
 *
 * They are put together from syllables once, when the program starts; after that a name is a copy.
 * The copies are of a fixed length, which is faster, so the callers leave room for it.
 */
#include "words.h"
#include "draw.h"

#include <stdbool.h>

struct word surnames[SURNAMES], given_names[GIVEN_NAMES], employers[EMPLOYERS], streets[STREETS];
struct town towns[TOWNS];

static const char onsets[][3] = {"B",  "BR", "C",  "CH", "D",  "DR", "F", "G",  "GL", "GR", "H",
                                 "J",  "K",  "KL", "L",  "M",  "N",  "P", "PR", "QU", "R",  "S",
                                 "SH", "ST", "T",  "TH", "TR", "V",  "W", "Y",  "Z",  "SK"};
static const char vowels[][3] = {"A", "E", "I", "O", "U", "AI", "EE", "OO"};
static const char codas[][3] = {"L", "N",  "R",  "ND", "RT", "LT", "SK", "M",
                                "X", "CK", "TH", "NS", "V",  "ZZ", "MB", "RG"};
static const char surname_ends[][6] = {"OVAR", "ENBY", "ICKLE", "UMSEY", "ARTO", "ELLIN",
                                       "OSKA", "ABRY", "E",     "AW",    "ENT",  "IMORE",
                                       "OD",   "UVIK", "EFOX",  "YLE"};
static const char given_ends[][5] = {"LIN", "DRA", "VOR",  "MEL", "NIA", "RICK", "TAN", "SHA",
                                     "WEN", "LOU", "BERT", "XIE", "ZAR", "NOR",  "KO",  "PHY"};
static const char town_ends[][9] = {"VILLE", "TON", "BURG",  " CITY", " FALLS", " SPRINGS",
                                    "PORT",  "HAM", " PARK", "FIELD", "DALE",   " BEACH"};
static const char street_ends[][6] = {" ST", " AVE", " BLVD", " RD", " LANE", " DR", " WAY", " CT"};
static const char firm_ends[FIRM_KINDS][20] = {" INDUSTRIES",
                                               " HOLDINGS LLC",
                                               " & SONS",
                                               " UNIVERSITY",
                                               " SCHOOL DISTRICT",
                                               " HOSPITAL",
                                               " LAW GROUP PLLC",
                                               " CONSULTING",
                                               " FOODS INC",
                                               " REALTY",
                                               " CAPITAL PARTNERS",
                                               " ENERGY CORP",
                                               " RAILWAY COMPANY",
                                               " & ASSOCIATES",
                                               " INSURANCE",
                                               " DENTAL",
                                               " COUNTY",
                                               " STATE COLLEGE",
                                               " SOFTWARE",
                                               " INC",
                                               " LLC",
                                               " FARMS",
                                               " MEDICAL CENTER",
                                               " LABS",
                                               " FOUNDATION",
                                               " MOTORS",
                                               " BREWING CO",
                                               " FINANCIAL",
                                               " TRUCKING",
                                               " ELECTRIC",
                                               " ARCHITECTS",
                                               " MEDIA"};

#define WORD(text)                                                                                 \
    {                                                                                              \
        sizeof(text) - 1, text                                                                     \
    }
static const struct word trades[] = {
    WORD("RETIRED"),
    WORD("NOT EMPLOYED"),
    WORD("ATTORNEY"),
    WORD("PHYSICIAN"),
    WORD("TEACHER"),
    WORD("PARTNER"),
    WORD("PRESIDENT"),
    WORD("CONSULTANT"),
    WORD("ENGINEER"),
    WORD("REAL ESTATE BROKER"),
    WORD("PROFESSOR"),
    WORD("CEO"),
    WORD("SALES"),
    WORD("REGISTERED NURSE"),
    WORD("SOFTWARE ENGINEER"),
    WORD("MANAGER"),
    WORD("OWNER"),
    WORD("VICE PRESIDENT, OPERATIONS"),
    WORD("HOMEMAKER"),
    WORD("ACCOUNTANT"),
    WORD("FARMER"),
    WORD("PILOT"),
    WORD("ARTIST"),
    WORD("WRITER"),
    WORD("DENTIST"),
    WORD("FIRE FIGHTER / EMS"),
    WORD("AIR TRAFFIC CONTROLLER"),
    WORD("EXECUTIVE DIRECTOR"),
    WORD("PSYCHOLOGIST"),
    WORD("CONTRACTOR"),
    WORD("SR. ACCOUNT EXECUTIVE"),
    WORD("INVESTOR"),
    WORD("SOCIAL WORKER"),
    WORD("ADMINISTRATOR"),
    WORD("ANALYST"),
    WORD("ARCHITECT"),
    WORD("PHARMACIST"),
    WORD("ELECTRICIAN"),
    WORD("LIBRARIAN"),
    WORD("VETERINARIAN"),
    WORD("DIR, GOVERNMENT RELATIONS"),
    WORD("LOBBYIST"),
    WORD("INSURANCE AGENT"),
    WORD("FINANCIAL ADVISOR"),
    WORD("TRUCK DRIVER"),
    WORD("MACHINIST"),
    WORD("CHEF"),
    WORD("PROJECT MANAGER"),
    WORD("REGIONAL SALES MANAGER"),
    WORD("CFO"),
    WORD("EDITOR"),
    WORD("PRODUCER"),
    WORD("MUSICIAN"),
    WORD("SCIENTIST"),
    WORD("STUDENT"),
    WORD("CLERK"),
    WORD("SUPERINTENDENT"),
    WORD("GENERAL COUNSEL"),
    WORD("MD"),
    WORD("OFFICE MANAGER"),
};

const char states[STATES][3] = {"CA", "TX", "NY", "FL", "VA", "IL", "DC", "MI", "GA", "PA", "MN",
                                "OH", "MA", "NJ", "WA", "MD", "NC", "CO", "AZ", "CT", "TN", "MO",
                                "OR", "WI", "IN", "SC", "AL", "LA", "KY", "NV", "OK", "KS", "UT",
                                "NM", "IA", "AR", "MS", "NE", "NH", "ME", "HI", "ID", "MT", "RI",
                                "WV", "DE", "AK", "VT", "WY", "ND", "SD"};

#define PICK(list, number) list[(number) % (sizeof list / sizeof list[0])]

static void word_add(struct word *word, const char *text)
{
    size_t length = strlen(text);
    if (length > (size_t)(WORD_SIZE - word->length))
        length = (size_t)(WORD_SIZE - word->length);
    memcpy(word->text + word->length, text, length);
    word->length = (unsigned char)(word->length + length);
}

static void word_stem(struct word *word, uint64_t bits)
{
    word->length = 0;
    word_add(word, PICK(onsets, bits));
    word_add(word, PICK(vowels, bits >> 8));
    word_add(word, PICK(codas, bits >> 16));
}

static bool is_among(const struct word *words, size_t count, const struct word *word)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].length == word->length && memcmp(words[i].text, word->text, word->length) == 0)
            return true;
    return false;
}

void words_start(void)
{
    for (unsigned i = 0; i < SURNAMES; i++) {
        uint64_t bits = mix(1, i);
        word_stem(&surnames[i], bits);
        word_add(&surnames[i], PICK(surname_ends, bits >> 24));
    }
    /* A correction takes another given name or employer, which must not be the same word. */
    for (unsigned i = 0, tries = 0; i < GIVEN_NAMES; tries++) {
        uint64_t bits = mix(2, tries);
        given_names[i].length = 0;
        word_add(&given_names[i], PICK(onsets, bits));
        word_add(&given_names[i], PICK(vowels, bits >> 8));
        word_add(&given_names[i], PICK(given_ends, bits >> 16));
        i += !is_among(given_names, i, &given_names[i]);
    }
    for (unsigned i = 0, tries = 0; i < EMPLOYERS; tries++) {
        uint64_t bits = mix(3, tries);
        word_stem(&employers[i], bits);
        if (bits >> 63)
            word_add(&employers[i], PICK(surname_ends, bits >> 24));
        word_add(&employers[i], PICK(firm_ends, bits >> 32));
        i += !is_among(employers, i, &employers[i]);
    }
    for (unsigned i = 0; i < TOWNS; i++) {
        uint64_t bits = mix(4, i);
        word_stem(&towns[i].name, bits);
        word_add(&towns[i].name, PICK(town_ends, bits >> 24));
        memcpy(towns[i].state, states[zipf(mix(bits, 1), STATES)], 2);
        put_number(towns[i].zip, 10 + below(mix(bits, 2), 985), 3);
    }
    for (unsigned i = 0; i < STREETS; i++) {
        uint64_t bits = mix(5, i);
        word_stem(&streets[i], bits);
        word_add(&streets[i], PICK(street_ends, bits >> 24));
    }
}

char *put_number(char *to, uint64_t number, int width)
{
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (int i = count; i < width; i++)
        *to++ = '0';
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

char *put_person(char *to, uint64_t bits)
{
    static const char titles[][5] = {" MR.", " MRS.", " MS.", " DR.", " JR", " SR", " III", " MD"};
    to = put_word(to, &surnames[bits % SURNAMES]);
    *to++ = ',';
    *to++ = ' ';
    to = put_word(to, &given_names[(bits >> 12) % GIVEN_NAMES]);
    unsigned extra = (bits >> 24) & 255;
    if (extra < 90) {
        *to++ = ' ';
        *to++ = (char)('A' + (bits >> 32) % 26);
        if (extra < 30)
            *to++ = '.';
    } else if (extra < 110) {
        *to++ = ' ';
        to = put_word(to, &given_names[(bits >> 32) % GIVEN_NAMES]);
    } else if (extra < 130) {
        to = put_text(to, PICK(titles, bits >> 32));
    }
    return to;
}

char *put_street(char *to, uint64_t bits)
{
    if (bits >> 62 == 0)
        return put_number(put_text(to, "PO BOX "), 1 + (bits & 0x3fff), 1);
    to = put_number(to, 1 + (bits & 0x1fff), 1);
    *to++ = ' ';
    return put_word(to, &streets[(bits >> 16) % STREETS]);
}

char *put_zip(char *to, uint64_t bits, const struct town *town)
{
    to = put_bytes(to, town->zip, 3);
    to = put_number(to, (bits >> 8) % 20, 2);
    if ((bits & 255) < 158)
        to = put_number(to, (bits >> 16) % 10000, 4);
    return to;
}

char *put_committee(char *to, uint64_t seed, uint64_t committee)
{
    uint64_t bits = mix(mix(seed, 0xc0), committee);
    const struct word *surname = &surnames[(bits >> 8) % SURNAMES];
    switch (bits & 7) {
    case 0:
    case 1:
        return put_text(put_word(to, surname), " FOR CONGRESS");
    case 2:
        return put_word(put_text(to, "FRIENDS OF "), surname);
    case 3:
        return put_text(put_word(put_text(to, "CITIZENS FOR "), surname), " VICTORY FUND");
    case 4:
        return put_text(put_word(to, surname), " FOR SENATE");
    case 5:
        return put_text(put_word(to, &employers[(bits >> 20) % EMPLOYERS]),
                        " EMPLOYEES POLITICAL ACTION COMMITTEE");
    default:
        return put_text(put_word(to, &employers[(bits >> 20) % EMPLOYERS]), " PAC");
    }
}

char *put_trade(char *to, uint64_t bits)
{
    static const char ranks[16][12] = {"SENIOR ",    "ASSISTANT ", "CHIEF ",    "ASSOCIATE ",
                                       "VP, ",       "DIRECTOR, ", "REGIONAL ", "DEPUTY ",
                                       "EXECUTIVE ", "MANAGING ",  "LEAD ",     "JUNIOR ",
                                       "STAFF ",     "HEAD ",      "FORMER ",   "ACTING "};
    static const char areas[16][12] = {"",          "",          "/OWNER", " II",
                                       " & WRITER", ", SALES",   ", WEST", " (RETIRED)",
                                       "/INVESTOR", ", FINANCE", " - TAX", ", LEGAL",
                                       "",          ", EAST",    " III",   ", HR"};
    const struct word *trade = &PICK(trades, bits >> 8);
    if ((bits & 1) == 0)
        return put_word(to, &trades[zipf(bits, sizeof trades / sizeof trades[0])]);
    if ((bits & 2) != 0 || trade->length > 16)
        return put_text(put_word(to, trade), areas[bits >> 16 & 15]);
    return put_text(put_word(put_text(to, ranks[bits >> 20 & 15]), trade), areas[bits >> 16 & 15]);
}

char *put_firm(char *to, unsigned firm)
{
    if (firm < EMPLOYERS)
        return put_word(to, &employers[firm]);
    firm -= EMPLOYERS;
    return put_text(put_word(to, &surnames[firm % SURNAMES]), firm_ends[firm / SURNAMES]);
}

static unsigned often_or_any(uint64_t bits, unsigned often, unsigned all)
{
    return (bits & 1) != 0 ? (unsigned)zipf(mix(bits, 1), often) : below(bits, all);
}

unsigned firm_number(uint64_t bits)
{
    return often_or_any(bits, EMPLOYERS, FIRMS);
}

unsigned town_number(uint64_t bits)
{
    return often_or_any(bits, TOWNS, TOWNS);
}

const struct town *town_of(uint64_t bits)
{
    return &towns[town_number(bits)];
}
