package io.github.cracpreflight.rehearsal;

import java.util.ArrayList;
import java.util.List;

/** A Java object that owns one or more descriptors, with what its rule and message need to know. */
final class Owner {
    final Kind kind;
    final State state;
    final Object object;
    final List<Part> parts = new ArrayList<>();
    String path;
    /** The action of the policy that led to the state. */
    String action;
    /** The policy wants a warning. */
    boolean warn;
    /** The channels whose keys make a selector busy. */
    List<String> channels = List.of();
    /** What looking for a policy throws, at the checkpoint and at the restore. */
    Exception given, givenAgain;
    /** Why its policy is not certain; null where it is. */
    String doubt;

    /** @param role how messages call this descriptor */
    record Part(int fd, String role) { }

    Owner(Kind kind, State state, Object object) {
        this.kind = kind;
        this.state = state;
        this.object = object;
    }

    static Owner policed(Kind kind, Policies.Decision decision, Object object) {
        Owner owner = new Owner(kind, decision.state(), object);
        owner.action = decision.action();
        owner.given = decision.failure();
        owner.givenAgain = decision.failureAgain();
        owner.doubt = decision.doubt();
        owner.warn = decision.warn() && (decision.closes() || decision.state() == State.IGNORED);
        return owner;
    }

    /** How a CRaC JDK's warning calls it. */
    String name() {
        return switch (kind) {
            case FILE, FILE_CHANNEL -> "File " + path;
            case SOCKET, NET_SOCKET, LISTENER -> "Socket " + Wording.of(object);
            case PIPE -> Wording.pipe(object);
            default -> Wording.of(object);
        };
    }

    Owner at(String where) {
        path = where;
        return this;
    }

    Owner part(int fd, String role) {
        parts.add(new Part(fd, role));
        return this;
    }
}
