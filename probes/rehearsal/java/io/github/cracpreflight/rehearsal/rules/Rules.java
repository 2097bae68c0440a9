package io.github.cracpreflight.rehearsal.rules;

import static io.github.cracpreflight.rehearsal.rules.ExpectedException.*;
import static io.github.cracpreflight.rehearsal.rules.ExpectedException.Type.*;
import static io.github.cracpreflight.rehearsal.rules.Generation.V21;
import static io.github.cracpreflight.rehearsal.rules.Generation.V21_0_4;
import static io.github.cracpreflight.rehearsal.rules.Generation.V25;
import static io.github.cracpreflight.rehearsal.rules.Kind.*;
import static io.github.cracpreflight.rehearsal.rules.Program.program;
import static io.github.cracpreflight.rehearsal.rules.Rule.on;
import static io.github.cracpreflight.rehearsal.rules.Section.section;
import static io.github.cracpreflight.rehearsal.rules.Source.source;
import static io.github.cracpreflight.rehearsal.rules.State.*;

import java.util.List;

/**
 * The decision table: owner kind x state x generation gives a verdict and what is said about it. A row without {@code when}
 * is about open owners, one without {@code in} about every generation; the first row that matches wins.
 *
 * Each row ends with its proofs: sections of docs/crac/decisions.md, recorded programs, classes of the CRaC JDK's source.
 */
public final class Rules {
    private static final String
        REWORKED = "the 25 line has reworked this part of the JDK, and its answer is not on record",
        WATCHED = "of CRaC's own tests of a watch service with keys an older one expects a refusal, a newer one that it passes",
        UNRECORDED = "no CRaC JDK's answer to such a policy is on record",
        DESCRIPTOR_POLICY = "no CRaC JDK's answer to a filedescriptor policy is on record; that it works is what CRaC's documentation says",
        VIRTUAL_SELECT = "no CRaC JDK's answer to keys that a selecting virtual thread has not taken over is on record",
        REOPENED_SOCKET = "what a CRaC JDK of the 25 line does after the restore with a java.net.Socket that a policy reopens is not on record";

    static final List<Rule> TABLE = List.of(

        // ---- files

        on(FILE, FILE_CHANNEL).blocked("open file", claim(OPEN_FILE, "{path}"))
            .proof(section(2, 3), program("FisRel"), program("FileChan"), program("ManyFiles")),
        on(FILE, FILE_CHANNEL).when(ON_CLASS_PATH).claimed("file on the class path")
            .proof(section(2, 3), section(2, 4), program("CpJar")),
        on(FILE).when(PATCHES_MODULE).in(V21_0_4, V21).blocked("jar of --patch-module", claim(OPEN_FILE, "{path}"))
            .proof(section(2, 9), section(6, 1)),
        on(FILE).when(PATCHES_MODULE).in(V25).claimed("jar of --patch-module").proof(section(2, 9), section(6, 1)),
        on(FILE, FILE_CHANNEL).when(IGNORED).claimed("a file policy leaves it to the engine").proof(section(2, 4), program("PolFileIgnore")),
        on(FILE, FILE_CHANNEL).when(CLOSED_BY_POLICY).claimed("a file policy covers it", asksAgain())
            .proof(section(2, 4), program("PolFileClose"), source("OpenResourcePolicies")),
        on(FILE).when(REOPENED, REOPEN_IN_OTHER_LETTERS).claimed("a file policy reopens it", asksAgain())
            .proof(section(2, 4), section(6, 1), source("JDKFileResource")),
        on(FILE_CHANNEL).when(REOPENED, REOPEN_IN_OTHER_LETTERS).claimed("a file policy closes it; a FileChannel can't be reopened",
            asksAgain(), afterRestore(UNSUPPORTED, null)).proof(section(2, 4), program("PolChanReopen")),
        on(FILE, FILE_CHANNEL).when(UNKNOWN_ACTION).blocked("file policy with an unknown action",
            thrown(ILLEGAL_STATE, "Unknown policy action for path {path}: {action as written}"), bareDescriptor())
            .proof(section(2, 4), section(3, 3), source("JDKFileResource")),
        on(FILE, FILE_CHANNEL).when(POLICY_FAILS).blocked("file policy that can't be applied", thrown(GIVEN, null), bareDescriptor())
            .proof(section(2, 4), source("JDKFileResource")),
        on(ASYNC_FILE).blocked("asynchronous file channel", thrown(UNSUPPORTED, null), bareDescriptor())
            .proof(section(2, 3), program("AsyncFile")),
        on(LOADER_JAR).claimed("jar of a class loader").proof(section(2, 3), program("UrlLoader")),
        on(RANDOM_DEVICE).claimed("random device of the JDK").proof(section(2, 3), program("Rng")),
        on(JIMAGE).claimed("jimage reader").proof(section(2, 3), section(6, 1)),
        on(JFR_CHUNK).in(V21_0_4, V21).blocked("file of a flight recording", claim(OPEN_FILE, "{path}"))
            .proof(section(2, 9), program("Jfr")),
        on(JFR_CHUNK).in(V25).blocked("file of a flight recording", claim(OPEN_FILE, "{path}")).unsure(REWORKED)
            .proof(section(1, 1), section(2, 9), program("Jfr")),

        // ---- sockets

        on(SOCKET, NET_SOCKET, LISTENER).blocked("open socket", claim(OPEN_SOCKET, "{owner}"))
            .proof(section(2, 6), program("SrvSock"), program("Ssc"), program("SscUnbound")),
        on(SOCKET).when(CLOSED_BUT_REGISTERED)
            .blocked("closed socket that a selecting thread still holds", claim(OPEN_SOCKET, "{owner}"))
            .proof(section(4, 3), program("SelClosedKeyBlocked")),
        on(SOCKET, DATAGRAM).when(CLOSED_AND_FLUSHED).claimed("closed socket that its selector lets go")
            .proof(section(4, 3), program("SelClosedKey")),
        on(SOCKET, NET_SOCKET, LISTENER).when(CLOSED_BY_POLICY, IGNORED).claimed("a socket policy covers it", asksAgain())
            .proof(section(2, 4), program("PolSelClose"), source("JDKSocketResourceBase")),
        on(SOCKET, NET_SOCKET, LISTENER).when(REOPENED).in(V21_0_4, V21).claimed("a socket policy closes it; reopening fails", asksAgain(),
            afterRestore(UNSUPPORTED, "Policy socket not implemented")).proof(section(2, 4), program("PolSscReopen")),
        on(SOCKET, NET_SOCKET, LISTENER).when(REOPEN_IN_OTHER_LETTERS).in(V21_0_4, V21)
            .claimed("a socket policy closes it; only reopen in small letters is tried after the restore", asksAgain())
            .proof(section(2, 4), source("JDKSocketResourceBase")),
        on(LISTENER).when(REOPENED).in(V25).claimed("a socket policy reopens it", asksAgain())
            .proof(section(2, 4), section(6, 1)),
        on(LISTENER, NET_SOCKET).when(REOPEN_IN_OTHER_LETTERS).in(V25)
            .claimed("a socket policy closes it; only reopen in small letters reopens it", asksAgain())
            .proof(section(2, 4), source("JDKSocketResourceBase"), source("SocketImpl")),
        on(NET_SOCKET).when(REOPENED).in(V25).claimed("a socket policy closes it; what its reopening does is not known", asksAgain())
            .unsure(REOPENED_SOCKET).proof(section(2, 4), source("SocketImpl")),
        on(SOCKET).when(REOPENED).in(V25).blocked("only listening sockets can be reopened",
            thrown(UNSUPPORTED, "Reopen not implemented on sockets"), bareDescriptor(), asksAgain(),
            afterRestore(UNSUPPORTED, "Reopen not implemented on sockets"))
            .proof(section(2, 4), section(3, 3), source("JDKSocketResourceBase")),
        on(SOCKET).when(REOPEN_IN_OTHER_LETTERS).in(V25).blocked("only listening sockets can be reopened",
            thrown(UNSUPPORTED, "Reopen not implemented on sockets"), bareDescriptor(), asksAgain())
            .proof(section(2, 4), source("JDKSocketResourceBase")),
        on(SOCKET, NET_SOCKET, LISTENER).when(UNKNOWN_ACTION).blocked("socket policy with an unknown action",
            thrown(ILLEGAL_STATE, "Unknown policy action {action} for {owner}"), bareDescriptor(), asksAgain())
            .proof(section(2, 4), section(3, 3), source("JDKSocketResourceBase")),
        // afterRestore leaves alone only what was reported as open, so it looks for the policy again
        on(SOCKET, NET_SOCKET, LISTENER).when(POLICY_FAILS).blocked("socket policy that can't be applied", thrown(GIVEN, null), bareDescriptor(),
            asksAgain(), afterRestore(GIVEN, null)).proof(section(2, 4), section(3, 3), source("JDKSocketResourceBase")),

        // ---- descriptors that only their FileDescriptor speaks for; that is why socket policies never match a datagram

        on(DATAGRAM).when(OPEN, CLOSED_BUT_REGISTERED).blocked("datagram socket", bareDescriptor())
            .proof(section(2, 7), program("Dgram"), program("DgChan"), program("Multicast")),
        on(BARE).blocked("FileDescriptor without an owner", bareDescriptor()).proof(section(2, 7), source("FileDescriptor")),
        on(BARE, DATAGRAM).when(CLOSED_BY_POLICY, IGNORED).claimed("a filedescriptor policy covers it").unsure(DESCRIPTOR_POLICY)
            .proof(section(2, 4), section(2, 7)),
        on(BARE, DATAGRAM).when(REOPENED, REOPEN_IN_OTHER_LETTERS, UNKNOWN_ACTION).blocked("filedescriptor policy with an unknown action",
            thrown(ILLEGAL_STATE, "Unknown policy action {action} for FileDescriptor {fd}")).unsure(UNRECORDED)
            .proof(section(2, 4), section(2, 7)),
        on(BARE, DATAGRAM).when(POLICY_FAILS).blocked("filedescriptor policy that can't be applied", thrown(GIVEN, null))
            .unsure(UNRECORDED).proof(section(2, 4), section(2, 7)),
        on(STANDARD_STREAM).is("standard", "standard stream").proof(section(2, 7), program("Hello"), program("MergedOutput")),

        // ---- pipes: PipeImpl forgets a break, so close and ignore end in an exception, too

        on(PIPE).blocked("open pipe", claim(OPEN_RESOURCE, "sun.nio.ch.PipeImpl$1@{hash}"))
            .proof(section(2, 8), program("NioPipe")),
        on(PIPE).when(CLOSED_BY_POLICY, IGNORED).in(V21_0_4, V21).blocked("pipe policies fail in the 21 line",
            thrown(ILLEGAL_STATE, "Unknown policy action {action} for {pipe}"))
            .proof(section(2, 8), program("PolPipeClose"), source("PipeImpl")),
        on(PIPE).when(CLOSED_BY_POLICY, IGNORED).in(V25).claimed("a pipe policy covers it").proof(section(2, 8), source("PipeImpl")),
        on(PIPE).when(REOPENED, REOPEN_IN_OTHER_LETTERS, UNKNOWN_ACTION).blocked("pipe policy with an unknown action",
            thrown(ILLEGAL_STATE, "Unknown policy action {action} for {pipe}"), bareDescriptor())
            .proof(section(2, 4), section(2, 8), source("PipeImpl")),
        on(PROCESS_PIPE).blocked("stream of a child process", claim(OPEN_RESOURCE, "{owner}"))
            .proof(section(2, 8), program("Proc")),
        on(PROCESS_PIPE).when(CLOSED_BY_POLICY, IGNORED).claimed("a pipe policy covers it").proof(section(2, 8), section(6, 1)),
        on(PROCESS_PIPE).when(REOPENED, REOPEN_IN_OTHER_LETTERS, UNKNOWN_ACTION).blocked("pipe policy with an unknown action",
            thrown(ILLEGAL_STATE, "Unknown policy action {action} for {owner}"), bareDescriptor()).unsure(UNRECORDED)
            .proof(section(2, 4), section(2, 8)),

        // ---- selectors

        on(SELECTOR).when(IDLE).claimed("selector without keys")
            .proof(section(4, 1), program("SelEmpty"), program("SelEmptyBlocked")),
        on(SELECTOR).when(KEYS_WAIT).in(V21_0_4, V21).claimed("selector whose keys no select has taken over")
            .proof(section(4, 1), source("EPollSelectorImpl")),
        on(SELECTOR).when(KEYS_WAIT).in(V25).blocked("selector whose keys a helper's select takes over",
            thrown(BUSY_SELECTOR, "Selector {owner} has registered keys from channels: {channels}"),
            claimEach(OPEN_SOCKET, "{role} {fd} left open in {owner} with registered keys.")).unsure(VIRTUAL_SELECT)
            .proof(section(4, 1), source("SelectorCRaCSupport")),
        on(SELECTOR).when(BUSY).in(V21_0_4).blocked("selector with registered keys", thrown(BUSY_SELECTOR, null), nativeScan())
            .proof(section(4, 2), program("SelIdle")),
        on(SELECTOR).when(BUSY).in(V21, V25).blocked("selector with registered keys",
            thrown(BUSY_SELECTOR, "Selector {owner} has registered keys from channels: {channels}"),
            claimEach(OPEN_SOCKET, "{role} {fd} left open in {owner} with registered keys."))
            .proof(section(4, 2), program("SelIdle"), program("Http")),

        // ---- owners in Java that CRaC does not know: only the native scan speaks

        on(WATCH_SERVICE).when(IDLE, BUSY).in(V21_0_4, V21).blocked("watch service", nativeScan())
            .proof(section(2, 9), program("WatchEmpty"), program("WatchKeys")),
        on(WATCH_SERVICE).when(BUSY).in(V25).blocked("watch service with keys", nativeScan()).unsure(WATCHED)
            .proof(section(2, 9), section(6, 1), program("WatchKeys")),
        on(WATCH_SERVICE).when(IDLE).in(V25).blocked("watch service without keys", nativeScan()).unsure(REWORKED)
            .proof(section(2, 9), program("WatchEmpty")),
        on(POLLER).in(V21_0_4, V21).blocked("poller of virtual threads", nativeScan())
            .proof(section(2, 9), program("VThreadSock")),
        on(POLLER).in(V25).claimed("poller of virtual threads").proof(section(2, 9), section(6, 1), source("Poller")),
        on(ASYNC_GROUP).in(V21_0_4, V21).blocked("asynchronous channel group", nativeScan())
            .proof(section(2, 9), program("AsyncSock"), program("AsyncAccept")),
        on(ASYNC_GROUP).in(V25).blocked("asynchronous channel group", nativeScan()).unsure(REWORKED)
            .proof(section(2, 9), program("AsyncSock")),
        on(DIRECTORY_STREAM).blocked("directory stream", nativeScan()).proof(section(2, 9)),
        on(JFR_DIRECTORY).claimed("a leak of this JDK's flight recorder that the target JDK does not have").proof(section(2, 5)),

        // ---- descriptors without an owner in Java

        on(STANDARD_NUMBER).is("standard", "standard stream").proof(section(2, 1), section(2, 7)),
        on(MODULES_FILE).is("inherited", "lib/modules").proof(section(2, 2), program("Hello")),
        on(INHERITED).is("inherited", "open at start: a CRaC JDK closes or keeps it at boot")
            .proof(section(2, 2), program("Inherited7Ignored"), program("Xlog")),
        on(ATTACH).is("harness", "attach listener or its connection").proof(section(2, 1), section(2, 5), program("Hello")),
        on(HARNESS).is("harness", "recording of the harness").proof(section(2, 5)),
        on(PRE_CLOSE).claimed("pre-close socket of NIO").proof(section(2, 5)),
        on(ZGC_HEAP).claimed("heap of ZGC").proof(section(2, 5), section(6, 1)),
        on(ALLOWED).claimed("allowed in -XX:CRaCAllowedOpenFilePrefixes").proof(section(2, 1)),
        on(BOOT_JAR).in(V21_0_4, V21).blocked("jar that the JVM itself opened", nativeScan()).proof(section(2, 9)),
        on(BOOT_JAR).in(V25).claimed("jar on a class path of the VM itself, which leaves it out").proof(section(2, 9)),
        on(VM_LOG).in(V21_0_4, V21).blocked("log file of the VM itself", nativeScan()).proof(section(2, 9), section(6, 1)),
        on(VM_LOG).in(V25).claimed("log file of the VM itself, which closes it and opens it again").proof(section(2, 9), section(6, 1)),
        on(VM_SYMBOLS).claimed("library whose symbols the VM has read, and that a CRaC JDK closes").proof(section(2, 5), section(6, 1)),
        on(JFR_FILE).in(V21_0_4, V21).blocked("file of a flight recording", nativeScan()).proof(section(2, 9), program("Jfr")),
        on(JFR_FILE).in(V25).blocked("file of a flight recording", nativeScan()).unsure(REWORKED)
            .proof(section(1, 1), section(2, 9), program("Jfr")),
        on(NOBODY).blocked("not known to Java", nativeScan()).proof(section(2, 1), section(2, 9), program("Jdwp")));

    private Rules() { }

    public static Rule find(Kind kind, State state, Generation generation) {
        for (Rule rule : TABLE) if (rule.matches(kind, state, generation)) return rule;
        throw new IllegalStateException("no rule for " + kind + " " + state + " in " + generation.version);
    }
}
