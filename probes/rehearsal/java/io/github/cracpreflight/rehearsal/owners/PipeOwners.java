package io.github.cracpreflight.rehearsal.owners;

import io.github.cracpreflight.rehearsal.rules.Kind;
import io.github.cracpreflight.rehearsal.vm.Heap;
import io.github.cracpreflight.rehearsal.vm.Internals;
import java.util.List;

/** Pipes of NIO, which speak once for both ends, and the streams of child processes. */
public final class PipeOwners {
    public static final List<String> CLASSES = List.of("sun.nio.ch.PipeImpl", "java.lang.Process$PipeInputStream",
        "java.lang.ProcessImpl$ProcessPipeOutputStream");

    private PipeOwners() { }

    public static void collect(Heap heap, Owners owners) {
        for (Object pipe : heap.of("sun.nio.ch.PipeImpl")) {
            Owner owner = Owner.policed(Kind.PIPE, owners.policies().forPipe(), pipe);
            for (String end : new String[] { "source", "sink" }) owners.own(Internals.get(Internals.get(pipe, end), "fd"), owner);
            owners.notified(owner);
        }
        for (Object in : heap.of("java.lang.Process$PipeInputStream")) process(in, in, owners);
        for (Object out : heap.of("java.lang.ProcessImpl$ProcessPipeOutputStream")) process(out, Internals.get(out, "out"), owners);
    }

    private static void process(Object stream, Object file, Owners owners) {
        owners.own(Internals.get(file, "fd"), Owner.policed(Kind.PROCESS_PIPE, owners.policies().forPipe(), stream));
    }
}
