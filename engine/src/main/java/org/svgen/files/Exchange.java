package org.svgen.files;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Gives two files or folders each other's names, in one step of the system: nobody sees a moment in
 * which one of the names is missing, and a kill or a power cut finds them before it or after it.
 * Java has no such call; Linux has {@code renameat2(2)} (in glibc since 2.28), macOS {@code
 * renamex_np(2)}.
 */
final class Exchange {
    private static final int CURRENT_FOLDER = -100; // AT_FDCWD of Linux; our paths are absolute
    private static final int FLAG = 2; // RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
    private static final char LOST = '\ufffd';

    /** Takes two names that end with a zero byte, returns 0 if they were exchanged. */
    private static final @Nullable MethodHandle CALL = bind();

    private Exchange() {}

    /**
     * Exchanges two names of one disk.
     *
     * @param one absolute
     * @param other absolute
     * @return false if nothing was done: this system has no such call or may not be called, this
     *     kind of disk cannot do it, or one of the names is missing or not to be changed
     */
    static boolean swap(Path one, Path other) {
        if (CALL == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            return (int) CALL.invokeExact(name(arena, one), name(arena, other)) == 0;
        } catch (CharacterCodingException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native call throws nothing checked", e);
        }
    }

    /** As Java itself writes names for the system. */
    private static MemorySegment name(Arena arena, Path path) throws CharacterCodingException {
        String text = path.toString();
        if (path.getFileSystem() != FileSystems.getDefault() || text.indexOf(LOST) >= 0) {
            // A path of Java's keeps bytes that no character stands for, and tells nobody.
            throw new CharacterCodingException();
        }
        ByteBuffer bytes =
                Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))
                        .newEncoder()
                        .encode(CharBuffer.wrap(text));
        MemorySegment name = arena.allocate(bytes.remaining() + 1L);
        MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, name, 0, bytes.remaining());
        name.set(JAVA_BYTE, bytes.remaining(), (byte) 0);
        return name;
    }

    /** Without native access Java would refuse or, by default, print a warning. */
    private static @Nullable MethodHandle bind() {
        if (!Exchange.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        Linker linker;
        try {
            linker = Linker.nativeLinker();
        } catch (UnsupportedOperationException e) {
            return null;
        }
        SymbolLookup lookup = linker.defaultLookup();
        return lookup.find("renameat2")
                .map(function -> renameat2(linker, function))
                .or(() -> lookup.find("renamex_np").map(function -> renamex(linker, function)))
                .map(call -> MethodHandles.insertArguments(call, 2, FLAG))
                .orElse(null);
    }

    private static MethodHandle renameat2(Linker linker, MemorySegment function) {
        MethodHandle call =
                linker.downcallHandle(
                        function,
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
        MethodHandle first = MethodHandles.insertArguments(call, 0, CURRENT_FOLDER);
        return MethodHandles.insertArguments(first, 1, CURRENT_FOLDER);
    }

    private static MethodHandle renamex(Linker linker, MemorySegment function) {
        return linker.downcallHandle(
                function, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    }
}
