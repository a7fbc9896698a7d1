package org.svgen.server.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fields of a form as JSON would have them: {@code metadata[a]} is a member of an object, {@code
 * list[]} an element of a list. Clients write objects and lists so.
 */
final class FormNames {
    private static final Pattern NAME = Pattern.compile("([^\\[\\]]+)((?:\\[[^\\[\\]]*])*)");
    private static final Pattern PART = Pattern.compile("\\[([^\\[\\]]*)]");
    private static final int MOST_PARTS = 8;

    private FormNames() {}

    /**
     * Adds a field.
     *
     * @throws Refusal if it is no name, or does not go with those before
     */
    @SuppressWarnings("unchecked")
    static void put(Map<String, Object> fields, String name, String value) {
        Matcher whole = NAME.matcher(name);
        if (!whole.matches()) {
            throw new Refusal(Problem.value(name, "'%s' is no name of a field".formatted(name)));
        }
        List<String> path = new ArrayList<>(List.of(whole.group(1)));
        PART.matcher(whole.group(2)).results().forEach(part -> path.add(part.group(1)));
        if (path.size() > MOST_PARTS) {
            throw new Refusal(Problem.value(name, "%s: too many brackets".formatted(name)));
        }
        Object at = fields;
        for (int i = 0; i < path.size(); i++) {
            boolean last = i == path.size() - 1;
            boolean list = !last && path.get(i + 1).isEmpty();
            Object next = last ? value : list ? new ArrayList<>() : new LinkedHashMap<>();
            if (at instanceof Map<?, ?> map) {
                Object there = ((Map<String, Object>) map).putIfAbsent(path.get(i), next);
                at = there == null ? next : same(there, next, name);
            } else if (at instanceof List<?> elements && path.get(i).isEmpty()) {
                ((List<Object>) elements).add(next);
                at = next;
            } else {
                throw twice(name);
            }
        }
    }

    private static Object same(Object there, Object next, String name) {
        if (next instanceof String || there.getClass() != next.getClass()) {
            throw twice(name);
        }
        return there;
    }

    private static Refusal twice(String name) {
        return new Refusal(Problem.value(name, "%s: it is there twice".formatted(name)));
    }
}
