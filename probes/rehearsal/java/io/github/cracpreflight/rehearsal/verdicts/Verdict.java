package io.github.cracpreflight.rehearsal.verdicts;

import io.github.cracpreflight.rehearsal.owners.Owner;
import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.rules.Rule;
import io.github.cracpreflight.rehearsal.vm.Descriptor;

/**
 * What is decided about one descriptor.
 * @param descriptor null for an owner that owns nothing, but is notified
 * @param owner null where no Java object owns it
 * @param kind the owner's, or what the descriptor is without one
 * @param role how messages call this descriptor among the owner's
 * @param first true on the first of an owner's descriptors, which carries what is said once
 */
public record Verdict(Descriptor descriptor, Owner owner, Kind kind, Rule rule, String role, boolean first) {
    boolean blocks() {
        return rule.verdict().equals("blocked");
    }

    /** What follows the path in a line of PrintResourcesOnCheckpoint (docs/crac/decisions.md 2.1). */
    public String resourceTail() {
        if (blocks()) return rule.isNative() ? "BAD: opened by application" : "OK: claimed by java code";
        return switch (kind) {
            case ATTACH -> "OK: jcmd socket";
            case MODULES_FILE, INHERITED, STANDARD_NUMBER -> "OK: inherited from process env";
            case ALLOWED -> "OK: allowed in -XX:CRaCAllowedOpenFilePrefixes";
            default -> "OK: claimed by java code";
        };
    }
}
