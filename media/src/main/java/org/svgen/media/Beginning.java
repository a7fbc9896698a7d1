package org.svgen.media;

/** How a file begins, a character a byte. */
final class Beginning {
    private Beginning() {}

    /**
     * @param pattern in which a question mark stands for any byte
     */
    static boolean matches(String pattern, String head) {
        if (head.length() < pattern.length()) {
            return false;
        }
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.charAt(i) != '?' && pattern.charAt(i) != head.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
