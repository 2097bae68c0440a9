package com.example.orders;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The audit trail. It keeps its file open for the life of the service, which a checkpoint refuses. */
class AuditLog {
    private final Path file;
    private FileChannel channel;

    AuditLog(Path folder) throws IOException {
        Files.createDirectories(folder);
        file = folder.resolve("audit.log");
        open();
    }

    synchronized void append(String line) {
        try {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final synchronized void open() throws IOException {
        channel = FileChannel.open(file, CREATE, APPEND);
    }

    final synchronized void close() throws IOException {
        channel.close();
    }
}
