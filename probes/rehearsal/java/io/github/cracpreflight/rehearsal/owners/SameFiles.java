package io.github.cracpreflight.rehearsal.owners;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Answers as {@code Files.isSameFile} with each of some files would, and looks only once at each: an application may have ten
 * thousand files open, and hundreds on its class path.
 */
final class SameFiles {
    private final Set<Path> paths = new HashSet<>();
    private final Set<Object> keys = new HashSet<>();
    private final Map<String, Boolean> known = new HashMap<>();

    SameFiles(String[] files) {
        for (String file : files)
            try {
                Path path = Path.of(file);
                paths.add(path);
                keys.add(key(path));
            } catch (IOException | InvalidPathException notThere) {
                continue;
            }
    }

    boolean contains(String file) {
        return !paths.isEmpty() && known.computeIfAbsent(file, this::look);
    }

    private boolean look(String file) {
        try {
            Path path = Path.of(file);
            return paths.contains(path) || keys.contains(key(path));
        } catch (IOException | InvalidPathException notThere) {
            return false;
        }
    }

    /** Device and inode; a file system that has none of either goes by names. */
    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path.toRealPath() : key;
    }
}
