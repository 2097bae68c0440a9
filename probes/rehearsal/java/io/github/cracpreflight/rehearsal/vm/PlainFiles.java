package io.github.cracpreflight.rehearsal.vm;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Files without channels: with the first channel that a JVM opens it makes a pair of sockets, one of which stays open
 * (`FileDispatcherImpl.<clinit>`). In an app that uses none, that would be a descriptor of ours.
 */
public final class PlainFiles {
    private PlainFiles() { }

    public static List<String> lines(File file) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8.newDecoder()))) {
            return reader.lines().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Appears at once, with all that is in it. */
    public static void write(File file, byte[] content) throws IOException {
        File unfinished = new File(file.getPath() + ".part");
        try (FileOutputStream stream = new FileOutputStream(unfinished)) {
            stream.write(content);
        }
        if (!unfinished.renameTo(file)) throw new IOException(unfinished + " can't be renamed to " + file);
    }
}
