package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.ExpectedException;
import io.github.cracpreflight.rehearsal.rules.Generation;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.vm.Descriptor;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one exception speaks of, as values for the harness beside the words for people; {@code harness/model/finding.ts} says
 * what each of them means.
 */
public final class Subject {
    private static final Set<String> WITH_PATH = Set.of("regular", "directory", "block", "character", "symlink");

    private final Map<String, Object> values = new LinkedHashMap<>();

    private Subject(String is) {
        values.put("is", is);
    }

    /** Null where only the text says it: an owner of a class that is not the JDK's. */
    public static Subject of(ExpectedException expected, Owner owner, Descriptor descriptor, String role, Exception made, Generation generation) {
        Subject subject = switch (expected.type()) {
            case NATIVE_SCAN -> scanned(descriptor);
            case BARE_DESCRIPTOR -> bare(descriptor);
            case OPEN_FILE -> new Subject("file").with("path", owner.path);
            case OPEN_SOCKET -> expected.each() ? selectorPart(owner, descriptor, role, generation) : socket(owner, generation);
            case OPEN_RESOURCE -> owner.kind == Kind.PIPE ? pipe(List.of(), false) : new Subject("process-pipe");
            case BUSY_SELECTOR -> generation.selectorSupport == null ? unnamed("selector") : busySelector(owner, generation);
            case ILLEGAL_STATE -> owner.kind == Kind.PIPE ? failedPipe(owner) : trouble(null);
            case UNSUPPORTED -> owner.kind == Kind.ASYNC_FILE ? unnamed("asynchronous-file") : trouble(expected.text() == null ? null : "socket-reopen");
            case GIVEN, POLICIES_AGAIN -> trouble(null);
        };
        return subject == null ? null : subject.named(made, speaksForItself(expected) ? owner : null);
    }

    /** A policies file that can't be used. */
    public static Subject ofPolicies(Exception failure) {
        return trouble("policy-file").named(failure, null);
    }

    public Map<String, Object> values() {
        return values;
    }

    private static Subject scanned(Descriptor descriptor) {
        return new Subject("descriptor").with("fd", descriptor.fd()).with("type", descriptor.type()).with("link", descriptor.link())
            .with("port", descriptor.isSocket() ? descriptor.port() : null);
    }

    private static Subject bare(Descriptor descriptor) {
        return new Subject("bare").with("fd", descriptor.fd()).with("type", descriptor.type())
            .with("path", WITH_PATH.contains(descriptor.type()) ? descriptor.link() : null)
            .with("sockaddr", ends(descriptor.local(), descriptor.remote()))
            .with("protocol", descriptor.isDatagram() ? "datagram" : descriptor.isUnix() ? "unix" : null);
    }

    private static Subject socket(Owner owner, Generation generation) {
        SocketState state = SocketState.of(owner.object, generation);
        return state == null ? null : new Subject("socket").with("holder", state.holder()).with("address", ends(state.local(), state.remote()))
            .with("state", state.state()).with("server", state.server()).with("channel", state.channel());
    }

    private static Subject selectorPart(Owner owner, Descriptor descriptor, String role, Generation generation) {
        return new Subject("selector-part").with("fd", descriptor.fd()).with("role", role.contains("Event") ? "event" : "epoll")
            .with("selector", Wording.of(owner.object, generation));
    }

    private static Subject busySelector(Owner owner, Generation generation) {
        List<Object> channels = owner.channels.stream().<Object>map(channel -> {
            SocketState state = SocketState.of(channel, generation);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", Wording.withoutPackage(Wording.of(channel, generation)));
            row.put("address", state == null ? null : ends(state.local(), state.remote()));
            return row;
        }).toList();
        return new Subject("busy-selector").with("selector", Wording.of(owner.object, generation)).with("channels", channels);
    }

    /** The exception of a policy that failed names both ends. */
    private static Subject failedPipe(Owner owner) {
        int source = Internals.getInt(Internals.get(owner.object, "source"), "fdVal"), sink = Internals.getInt(Internals.get(owner.object, "sink"), "fdVal");
        return source < 0 || sink < 0 ? trouble(null) : pipe(List.of(source, sink), true);
    }

    private static Subject pipe(List<Integer> fds, boolean failed) {
        return new Subject("pipe").with("fds", fds).with("failed", failed);
    }

    private static Subject unnamed(String of) {
        return new Subject("unnamed").with("of", of);
    }

    private static Subject trouble(String word) {
        return new Subject("not-a-descriptor").with("trouble", word);
    }

    private static Map<String, Object> ends(String local, String remote) {
        Map<String, Object> ends = new LinkedHashMap<>();
        ends.put("local", local);
        ends.put("remote", remote);
        return ends;
    }

    /** Its text is the owner's own, so that it begins with the owner's class. */
    private static boolean speaksForItself(ExpectedException expected) {
        return expected.type() == ExpectedException.Type.OPEN_RESOURCE || expected.type() == ExpectedException.Type.OPEN_SOCKET && !expected.each();
    }

    private Subject named(Exception made, Owner owner) {
        String text = made.getMessage() == null ? "" : made.getMessage();
        return with("name", Wording.withoutIdentity(text)).with("owner", owner == null ? null : Wording.typeIn(text));
    }

    private Subject with(String key, Object value) {
        values.put(key, value);
        return this;
    }
}
