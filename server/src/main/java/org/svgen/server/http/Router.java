package org.svgen.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the route of a request. A path is divided before it is decoded, so an encoded slash is a
 * part of a name, as names of models have it.
 */
final class Router {
    private final List<Known> routes;

    private record Known(Route route, List<String> parts) {
        static Known of(Route route) {
            return new Known(route, List.of(route.template().substring(1).split("/", -1)));
        }

        /** Literal parts win over those in braces. */
        long variables() {
            return parts.stream().filter(Known::isVariable).count();
        }

        static boolean isVariable(String part) {
            return part.startsWith("{");
        }

        Optional<Map<String, String>> match(List<String> path) {
            if (path.size() != parts.size()) {
                return Optional.empty();
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String part = parts.get(i);
                if (isVariable(part) && !path.get(i).isEmpty()) {
                    values.put(part.substring(1, part.length() - 1), path.get(i));
                } else if (!part.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }
    }

    /** What is at a path. */
    sealed interface Found {
        /**
         * A route.
         *
         * @param values of the parts in braces
         */
        record One(Route route, Map<String, String> values) implements Found {}

        /**
         * Routes of other methods.
         *
         * @param methods that the path knows
         */
        record OtherMethods(String template, TreeSet<String> methods) implements Found {}

        /** Nothing. */
        record Nothing() implements Found {}
    }

    Router(List<Route> routes) {
        this.routes =
                routes.stream()
                        .map(Known::of)
                        .sorted(Comparator.comparingLong(Known::variables))
                        .toList();
    }

    Found find(String method, String rawPath) {
        Optional<List<String>> path = parts(rawPath);
        if (path.isEmpty()) {
            return new Found.Nothing();
        }
        String wanted = method.equals("HEAD") ? "GET" : method;
        String template = "";
        TreeSet<String> methods = new TreeSet<>();
        for (Known known : routes) {
            Optional<Map<String, String>> values = known.match(path.get());
            if (values.isEmpty()) {
                continue;
            }
            if (known.route().method().equals(wanted)) {
                return new Found.One(known.route(), values.get());
            }
            template = template.isEmpty() ? known.route().template() : template;
            methods.add(known.route().method());
        }
        if (methods.isEmpty()) {
            return new Found.Nothing();
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return new Found.OtherMethods(template, methods);
    }

    /** Decoded; nothing if a part is no name. */
    private static Optional<List<String>> parts(String rawPath) {
        String path =
                rawPath.length() > 1 && rawPath.endsWith("/")
                        ? rawPath.substring(0, rawPath.length() - 1)
                        : rawPath;
        List<String> parts = new ArrayList<>();
        for (String raw : path.substring(1).split("/", -1)) {
            try {
                String part = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
                if (part.equals("..") || part.chars().anyMatch(Character::isISOControl)) {
                    return Optional.empty();
                }
                parts.add(part);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(parts);
    }
}
