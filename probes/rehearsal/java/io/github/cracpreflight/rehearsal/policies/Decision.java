package io.github.cracpreflight.rehearsal.policies;

import io.github.cracpreflight.rehearsal.rules.State;

/**
 * What the policies mean for one owner.
 * @param action as it is written in the file; null where no rule matches
 * @param failure what looking for the rule throws
 * @param failureAgain what it throws at the restore
 * @param doubt why a CRaC JDK might read the file in another way; null where that is certain
 */
public record Decision(State state, String action, boolean warn, Exception failure, Exception failureAgain, String doubt) {
    public boolean matched() {
        return action != null || failure != null;
    }

    public boolean closes() {
        return state == State.CLOSED_BY_POLICY || state == State.REOPENED || state == State.REOPEN_IN_OTHER_LETTERS;
    }
}
