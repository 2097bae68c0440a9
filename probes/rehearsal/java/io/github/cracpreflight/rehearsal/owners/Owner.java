package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.policies.Decision;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.State;
import java.util.ArrayList;
import java.util.List;

/** A Java object that owns one or more descriptors, with what its rule and message need to know. */
public final class Owner {
    public final Kind kind;
    public final State state;
    public final Object object;
    public final List<Part> parts = new ArrayList<>();
    String path;
    /** The action of the policy that led to the state. */
    String action;
    /** The policy wants a warning. */
    public boolean warn;
    /** The channels whose keys make a selector busy. */
    List<?> channels = List.of();
    /** What looking for a policy throws, at the checkpoint and at the restore. */
    public Exception given, givenAgain;
    /** Why its policy is not certain; null where it is. */
    public String doubt;

    /** @param role how messages call this descriptor */
    public record Part(int fd, String role) { }

    Owner(Kind kind, State state, Object object) {
        this.kind = kind;
        this.state = state;
        this.object = object;
    }

    static Owner policed(Kind kind, Decision decision, Object object) {
        Owner owner = new Owner(kind, decision.state(), object);
        owner.action = decision.action();
        owner.given = decision.failure();
        owner.givenAgain = decision.failureAgain();
        owner.doubt = decision.doubt();
        owner.warn = decision.warn() && (decision.closes() || decision.state() == State.IGNORED);
        return owner;
    }

    /** How a CRaC JDK's warning calls it. */
    public String name() {
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
