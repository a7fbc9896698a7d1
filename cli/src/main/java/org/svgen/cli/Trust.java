package org.svgen.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Whether others may change what lies in a folder, whose native code would run as the user then.
 * Only owners and modes are looked at; where a system has none, its folders for users do.
 */
final class Trust {
    private static final int ROOT = 0;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;
    private static final int NOT_THE_OWNER = 0077;

    private final int user;

    /**
     * @param user the number of the one who trusts
     */
    Trust(int user) {
        this.user = user;
    }

    /**
     * Of the user that runs this process; {@code home} is the user's where nothing else says whose.
     */
    static Trust ofUser(Path home) {
        Path self = Path.of("/proc/self");
        try {
            return new Trust(number(Files.exists(self) ? self : home, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return new Trust(ROOT);
        }
    }

    /**
     * Why the content of {@code folder}, which exists, cannot be trusted: somebody else owns it, or
     * may write to it, to something in it or behind a link in it, or to a folder above it.
     */
    Optional<String> objection(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return Optional.empty();
        }
        for (Path above = real.getParent(); above != null; above = above.getParent()) {
            Optional<String> objection = objection(above, number(above, "unix:mode"), true);
            if (objection.isPresent()) {
                return objection;
            }
        }
        boolean closed = (number(real, "unix:mode") & NOT_THE_OWNER) == 0;
        Content content = new Content(real, closed);
        Files.walkFileTree(real, content);
        return content.objection;
    }

    /** All in a folder; modes do not matter below one that only its owner enters. */
    private final class Content extends SimpleFileVisitor<Path> {
        private final Path real;
        private final boolean closed;
        private Optional<String> objection = Optional.empty();

        Content(Path real, boolean closed) {
            this.real = real;
            this.closed = closed;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused)
                throws IOException {
            return visitFile(folder, unused);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            boolean open = !closed && !attributes.isSymbolicLink();
            objection = Trust.this.objection(file, open ? number(file, "unix:mode") : 0, false);
            if (objection.isEmpty() && attributes.isSymbolicLink()) {
                objection = behind(file);
            }
            return objection.isPresent() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        /** A single file elsewhere, such as one of the system's, is judged like the folder. */
        private Optional<String> behind(Path link) throws IOException {
            Path target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
            boolean exists = Files.exists(target);
            Path found = exists ? target.toRealPath() : target;
            if (found.startsWith(real)) {
                return Optional.empty();
            }
            return exists && Files.isRegularFile(found)
                    ? Trust.this.objection(found)
                    : Optional.of("%s leads to %s".formatted(link, found));
        }
    }

    private Optional<String> objection(Path path, int mode, boolean above) throws IOException {
        int owner = number(path, "unix:uid");
        if (owner != user && owner != ROOT) {
            return Optional.of("%s belongs to %s".formatted(path, name(path, "posix:owner")));
        }
        boolean kept = above && (mode & STICKY) != 0; // others cannot replace what is in it
        if ((mode & OTHERS_WRITE) != 0 && !kept) {
            return Optional.of("everybody may write to " + path);
        }
        // A group with its user's name has no other members.
        if ((mode & GROUP_WRITES) != 0
                && !kept
                && !name(path, "posix:group").equals(name(path, "posix:owner"))) {
            return Optional.of(
                    "group %s may write to %s".formatted(name(path, "posix:group"), path));
        }
        return Optional.empty();
    }

    private static int number(Path path, String attribute) throws IOException {
        return (Integer) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    private static String name(Path path, String attribute) throws IOException {
        return String.valueOf(Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS));
    }
}
