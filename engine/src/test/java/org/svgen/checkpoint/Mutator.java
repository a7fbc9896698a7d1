package org.svgen.checkpoint;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages files the way bad disks, broken downloads and ill will do; the same for a seed. */
public final class Mutator {
    private static final String[] NUMBERS = {
        "-1", "0", "1.5", "1e9", "2147483648", "9223372036854775807", "9223372036854775808", "1e999"
    };
    private static final String[] JSON = {
        "null", "true", "[]", "{}", "\"\"", "\"F8_E5M2\"", ",", "[[[[", "\\u0000"
    };

    private final SplittableRandom random;

    public Mutator(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A copy of {@code file} with one to four damages between {@code from} and {@code to}. */
    public byte[] damage(byte[] file, int from, int to) {
        byte[] bytes = file.clone();
        int damages = 1 + random.nextInt(4);
        for (int i = 0; i < damages && bytes.length > from; i++) {
            int at = from + random.nextInt(Math.min(to, bytes.length) - from);
            bytes = damageAt(bytes, at);
        }
        return bytes;
    }

    public byte[] damage(byte[] file) {
        return damage(file, 0, file.length);
    }

    private byte[] damageAt(byte[] bytes, int at) {
        switch (random.nextInt(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes[at] = (byte) 0xFF;
            case 3 -> {
                byte[] noise = new byte[Math.min(random.nextInt(32), bytes.length - at)];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, at, noise.length);
            }
            case 4 -> {
                return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
            }
            case 5 -> {
                int n = Math.min(random.nextInt(100), bytes.length - at);
                System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - n + 1), n);
            }
            case 6 -> {
                return replace(bytes, at, at, JSON[random.nextInt(JSON.length)]);
            }
            default -> {
                return replaceNumber(bytes, at);
            }
        }
        return bytes;
    }

    /** Puts an awkward number in place of the next one, if there is one. */
    private byte[] replaceNumber(byte[] bytes, int at) {
        int from = at;
        while (from < bytes.length && !Character.isDigit(bytes[from])) {
            from++;
        }
        int to = from;
        while (to < bytes.length && Character.isDigit(bytes[to])) {
            to++;
        }
        return to == from
                ? bytes
                : replace(bytes, from, to, NUMBERS[random.nextInt(NUMBERS.length)]);
    }

    private static byte[] replace(byte[] bytes, int from, int to, String by) {
        byte[] middle = by.getBytes(StandardCharsets.UTF_8);
        byte[] out = Arrays.copyOf(bytes, bytes.length - (to - from) + middle.length);
        System.arraycopy(middle, 0, out, from, middle.length);
        System.arraycopy(bytes, to, out, from + middle.length, bytes.length - to);
        return out;
    }

    /** Bytes of heap that {@code code} allocates. */
    public static long allocation(Runnable code) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        code.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
