package org.svgen.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;

/** What options say of a request, checked before a model is opened; null was not given. */
final class Given {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * @throws BadInputException if the field does not take {@code value}
     */
    <T> void add(Rule<T> rule, @Nullable T value) {
        if (value != null) {
            values.put(rule.name(), rule.values().plain(rule.require(value)));
        }
    }

    /**
     * @throws BadInputException if {@code text} says nothing that the field takes
     */
    <T> void parse(Rule<T> rule, @Nullable String text) {
        add(rule, text == null ? null : rule.parse(text));
    }

    /** Sets what was given; the rest stays as it is. */
    void into(RequestBuilder request) {
        values.forEach(request::set);
    }
}
