package org.svgen.spark;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.svgen.checkpoint.NearestName;
import org.svgen.models.RequestNames;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** What the columns of a table mean: settings by all names that requests may use, and pictures. */
final class PromptColumns {
    private static final int MOST_TYPOS = 3;
    private static final int MOST_SHOWN = 60; // characters of a wrong value

    private final Map<Integer, Rule<?>> settings = new LinkedHashMap<>();
    private final Map<Integer, Field> pictures = new LinkedHashMap<>();

    /** What a row asks for. */
    record Asked(Map<String, Object> settings, Map<String, String> pictures) {}

    private PromptColumns() {}

    /**
     * The columns of a table.
     *
     * @param kept which are no settings
     * @throws BadInputException if one is unknown, or two mean the same
     */
    static PromptColumns of(StructType schema, List<String> kept) {
        Map<String, Rule<?>> rules = new LinkedHashMap<>(RequestNames.rules());
        rules.remove(Rules.DTYPE.key()); // one for all, by the options
        Map<String, Field> fields = new LinkedHashMap<>();
        Video.pictureFields().forEach(field -> fields.put(Field.words(field.name(), "_"), field));
        for (String name : kept) {
            if (!List.of(schema.fieldNames()).contains(name)) {
                throw new BadInputException(
                        "column %s: it is to be kept, but the table has %s"
                                .formatted(name, String.join(", ", schema.fieldNames())));
            }
        }
        PromptColumns columns = new PromptColumns();
        for (int i = 0; i < schema.size(); i++) {
            String name = schema.fieldNames()[i];
            if (Outcome.NAMES.contains(name)) {
                throw new BadInputException(
                        "column %s: results have a column of this name; give it another"
                                .formatted(name));
            }
            if (!kept.contains(name)) {
                columns.add(i, name, rules, fields);
            }
        }
        return columns;
    }

    private void add(
            int index, String name, Map<String, Rule<?>> rules, Map<String, Field> fields) {
        Rule<?> rule = rules.get(name);
        Field picture = fields.get(name);
        if (rule != null) {
            if (settings.containsValue(rule)) {
                throw new BadInputException(
                        "column %s: another column says the same".formatted(name));
            }
            settings.put(index, rule);
        } else if (picture != null) {
            pictures.put(index, picture);
        } else {
            Collection<String> all = new ArrayList<>(rules.keySet());
            all.addAll(fields.keySet());
            throw new BadInputException(
                    "column %s: no setting is called so%s; columns of another use are to be kept"
                            .formatted(
                                    name,
                                    NearestName.of(name, all, MOST_TYPOS)
                                            .map("; did you mean %s?"::formatted)
                                            .orElse("")));
        }
    }

    /**
     * What a row asks for; an empty cell leaves the choice to the model.
     *
     * @throws BadInputException if a setting does not take what the row says
     */
    Asked read(Row row) {
        Map<String, Object> said = new LinkedHashMap<>();
        settings.forEach((index, rule) -> {
            if (!row.isNullAt(index)) {
                said.put(rule.name(), value(rule, row.get(index)));
            }
        });
        Map<String, String> files = new LinkedHashMap<>();
        pictures.forEach((index, field) -> {
            if (!row.isNullAt(index) && !String.valueOf(row.get(index)).isBlank()) {
                files.put(field.name(), String.valueOf(row.get(index)));
            }
        });
        if (!said.containsKey(Rules.PROMPT.name()) && files.isEmpty()) {
            throw new BadInputException("prompt: expected a text, found nothing");
        }
        return new Asked(said, files);
    }

    private static Object value(Rule<?> rule, Object cell) {
        Object plain = plain(cell);
        Optional<Object> value = rule.plain(plain);
        if (value.isEmpty() && plain instanceof Double number && number == Math.rint(number)) {
            value = rule.plain(whole(BigDecimal.valueOf(number))); // as tables with gaps have it
        }
        return value.orElseThrow(
                () -> BadInputException.of(rule.field(), rule.expected(), shown(plain)));
    }

    /** As JSON has it: whole numbers in the smallest type that holds them. */
    private static Object plain(Object cell) {
        return switch (cell) {
            case Boolean _, Double _, String _ -> cell;
            case Float number -> Double.valueOf(number.toString());
            case Byte _, Short _, Integer _, Long _ ->
                    whole(BigDecimal.valueOf(((Number) cell).longValue()));
            case BigDecimal number when number.stripTrailingZeros().scale() <= 0 -> whole(number);
            case BigDecimal number -> number.doubleValue();
            default -> String.valueOf(cell);
        };
    }

    private static Object whole(BigDecimal number) {
        BigInteger whole = number.toBigInteger();
        if (whole.bitLength() < Integer.SIZE) {
            return whole.intValue();
        }
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    private static Object shown(Object plain) {
        return plain instanceof String text && text.length() > MOST_SHOWN
                ? text.substring(0, MOST_SHOWN) + "…"
                : plain;
    }
}
