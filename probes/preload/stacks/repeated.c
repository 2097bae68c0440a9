/* Threads that stand where they stood a moment ago: recognised by the words on their stacks, none of which is walked.
 *
 * Any walk starts at the last Java frame, and is led on by return addresses, which lie in compiled code, by pointers up the
 * stack, and in frames of the interpreter by a method and a place in its code: addresses of memory that is not the Java heap.
 * Where all such words are as they were, whatever they are for, each step of the walk is as it was, and so is its end. What
 * lies at an address may become another method within a time, so a stack is remembered for a moment only. */
#define _GNU_SOURCE
#include "stacks/repeated.h"
#include "hotspot.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
    PLACES = 1 << 8,
    WORDS = 1 << 11, /* larger stacks are not remembered, */
    FRAMES = 1 << 7, /* nor those with more frames of the interpreter */
    FIXED = 12,   /* words of such a frame, below its frame pointer, that hold the method, the place in it and more */
    CALLERS = 12, /* words that a caller of Java has written down: HotSpot's JavaCallWrapper has eight */
    FIRST_ADDRESS = 1 << 20, /* nothing is mapped below */
    A_MOMENT = 10000000,     /* nanoseconds; methods that go take collections of garbage, and of code */
};

/* Where one thread stood; another one may take it. */
struct place {
    _Atomic bool busy;
    uintptr_t caller;
    struct java_frames frames;
    uint64_t time, hash;
    size_t count, interpreted;
    uint16_t fixed[FRAMES]; /* in each frame of the interpreter the first of its fixed words */
    uintptr_t words[WORDS];
};

static struct place *places;
static struct memory memory;

/* Asked once: no collector moves its heap. A JVM that does not tell is left to the walks. */
void repeated_begin(void)
{
    if (places || !find_memory(&memory))
        return;
    void *room =
        mmap(NULL, PLACES * sizeof *places, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    places = room == MAP_FAILED ? NULL : room;
}

static struct place *enter_place(const struct java_frames *frames)
{
    uintptr_t at = (frames->anchor[0] >> 4) ^ (frames->anchor[1] >> 3);
    struct place *place = &places[(at ^ at >> 8) % PLACES];
    return atomic_exchange_explicit(&place->busy, true, memory_order_acquire) ? NULL : place;
}

static void leave_place(struct place *place)
{
    atomic_store_explicit(&place->busy, false, memory_order_release);
}

/* Whether it leads to code, or up the stack from where it lies. */
static bool leads_on(const struct java_frames *frames, uintptr_t word, const uintptr_t *lies)
{
    return lies_in(word, &memory.code) || (word > (uintptr_t)lies && word < (uintptr_t)frames->end);
}

/* Whether it may be an address outside of the heap. */
static bool may_be_method(uintptr_t word)
{
#ifdef __x86_64__
    if (word >> 47)
        return false;
#endif
    return word >= FIRST_ADDRESS && !lies_in(word, &memory.heap);
}

/* The stack is whoever's functions have left there: a sanitizer would forbid to read it. */
#define ANYBODYS __attribute__((no_sanitize("address", "thread", "undefined")))

/* Most are the same: four are looked at together. */
ANYBODYS static bool are_different(const uintptr_t *now, const uintptr_t *then)
{
    return (now[0] ^ then[0]) | (now[1] ^ then[1]) | (now[2] ^ then[2]) | (now[3] ^ then[3]);
}

ANYBODYS static bool are_same(const struct place *place)
{
    const struct java_frames *frames = &place->frames;
    const uintptr_t *now = frames->begin, *then = place->words;
    for (size_t i = 0; i < place->count; i++) {
        for (; i + 4 <= place->count && !are_different(now + i, then + i); i += 4)
            ;
        if (i < place->count && now[i] != then[i] &&
            (leads_on(frames, now[i], now + i) || leads_on(frames, then[i], now + i)))
            return false;
    }
    for (size_t f = 0; f < place->interpreted; f++)
        for (size_t i = place->fixed[f]; i < (size_t)place->fixed[f] + FIXED; i++)
            if (now[i] != then[i] && (may_be_method(now[i]) || may_be_method(then[i])))
                return false;
    return true;
}

bool is_repeated(JNIEnv *env, struct capture *capture, uintptr_t caller)
{
    struct java_frames frames;
    struct place *place = places && find_java_frames(env, &frames) ? enter_place(&frames) : NULL;
    if (!place)
        return false;
    bool same = place->caller == caller && !memcmp(&place->frames, &frames, sizeof frames) &&
                capture->time - place->time < A_MOMENT && are_same(place);
    capture->hash = place->hash;
    leave_place(place);
    return same;
}

ANYBODYS static void copy(uintptr_t *to, const uintptr_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = from[i];
}

/* Where a pointer up the stack leads, in words from its begin. */
static size_t index_of(const struct java_frames *frames, uintptr_t word)
{
    return (word - (uintptr_t)frames->begin) / sizeof word;
}

static bool leads_up(const struct place *place, size_t i)
{
    uintptr_t word = place->words[i];
    return word > (uintptr_t)(place->frames.begin + i) && word < (uintptr_t)place->frames.end;
}

/* One that is none does no harm: a few words more are compared. */
static bool add_interpreted(struct place *place, uintptr_t frame_pointer)
{
    size_t at = index_of(&place->frames, frame_pointer);
    if (at < FIXED || at >= place->count)
        return true;
    if (place->interpreted == FRAMES)
        return false;
    place->fixed[place->interpreted++] = at - FIXED;
    return true;
}

/* The interpreter's frame pointer lies below the return address to it, where the callee has saved it. Where Java was called
 * from native code it lies behind that address, in an anchor, which may have left the address out. */
static bool find_interpreted(struct place *place)
{
    const uintptr_t *words = place->words;
    place->interpreted = 0;
    uintptr_t last = place->frames.anchor[1] ? place->frames.anchor[1] : words[0];
    bool all = !lies_in(last, &memory.interpreter) || add_interpreted(place, place->frames.anchor[2]);
    for (size_t i = 1; all && i + 1 < place->count; i++)
        if (lies_in(words[i], &memory.interpreter))
            all = add_interpreted(place, words[i - 1]) && add_interpreted(place, words[i + 1]);
        else if (words[i] == 0 && leads_up(place, i - 1) && leads_up(place, i + 1))
            all = add_interpreted(place, words[i + 1]);
    return all;
}

/* Where Java was called from native code, the frame that did leads to what its caller has written down. Behind the outermost
 * that says that no Java frame was there before. */
static size_t needed(const struct place *place)
{
    size_t last = place->count - 1, needed = 0;
    while (last && place->words[last] != memory.first_return)
        last--;
    if (!last || !leads_up(place, last - 1))
        return place->count;
    size_t frame = index_of(&place->frames, place->words[last - 1]);
    for (size_t i = last; i <= frame; i++)
        if (leads_up(place, i) && needed < index_of(&place->frames, place->words[i]) + CALLERS)
            needed = index_of(&place->frames, place->words[i]) + CALLERS;
    return needed && needed < place->count ? needed : place->count;
}

void remember(JNIEnv *env, const struct capture *capture, uintptr_t caller)
{
    struct java_frames frames;
    if (!places || !find_java_frames(env, &frames) || frames.end - frames.begin > WORDS)
        return;
    struct place *place = enter_place(&frames);
    if (!place)
        return;
    place->frames = frames;
    place->count = frames.end - frames.begin;
    copy(place->words, frames.begin, place->count);
    place->count = needed(place);
    place->caller = find_interpreted(place) ? caller : 0;
    place->time = capture->time;
    place->hash = capture->hash;
    leave_place(place);
}
